//! What regions are called, for forms: the regions that telephone numbers know, with their names in the Unicode CLDR
//! (names of `de`, `en`, `es`, `fi`, `fr`, `he` and `it`), each list in the order of its language's dictionaries.
//!
//! From CLDR, © 1991–2026 Unicode, Inc., under the Unicode License v3 (`LICENSE-UNICODE`).

use crate::i18n::Language;

/// Code (ISO 3166-1 alpha-2, and the few more that telephone numbers have) and name of every region, in the order of
/// the names.
pub fn region_names(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
        Language::French => FRENCH,
        Language::Spanish => SPANISH,
        Language::Italian => ITALIAN,
        Language::Finnish => FINNISH,
        Language::Hebrew => HEBREW,
    };
    lines.lines().filter_map(|line| line.split_once(' '))
}

// One text each, and no table of texts: its addresses would be written by the loader at each start of PHP.
const ENGLISH: &str = "\
AF Afghanistan
AX Åland Islands
AL Albania
DZ Algeria
AS American Samoa
AD Andorra
AO Angola
AI Anguilla
AG Antigua & Barbuda
AR Argentina
AM Armenia
AW Aruba
AC Ascension Island
AU Australia
AT Austria
AZ Azerbaijan
BS Bahamas
BH Bahrain
BD Bangladesh
BB Barbados
BY Belarus
BE Belgium
BZ Belize
BJ Benin
BM Bermuda
BT Bhutan
BO Bolivia
BA Bosnia & Herzegovina
BW Botswana
BR Brazil
IO British Indian Ocean Territory
VG British Virgin Islands
BN Brunei
BG Bulgaria
BF Burkina Faso
BI Burundi
KH Cambodia
CM Cameroon
CA Canada
CV Cape Verde
BQ Caribbean Netherlands
KY Cayman Islands
CF Central African Republic
TD Chad
CL Chile
CN China
CX Christmas Island
CC Cocos (Keeling) Islands
CO Colombia
KM Comoros
CG Congo - Brazzaville
CD Congo - Kinshasa
CK Cook Islands
CR Costa Rica
CI Côte d’Ivoire
HR Croatia
CU Cuba
CW Curaçao
CY Cyprus
CZ Czechia
DK Denmark
DJ Djibouti
DM Dominica
DO Dominican Republic
EC Ecuador
EG Egypt
SV El Salvador
GQ Equatorial Guinea
ER Eritrea
EE Estonia
SZ Eswatini
ET Ethiopia
FK Falkland Islands
FO Faroe Islands
FJ Fiji
FI Finland
FR France
GF French Guiana
PF French Polynesia
GA Gabon
GM Gambia
GE Georgia
DE Germany
GH Ghana
GI Gibraltar
GR Greece
GL Greenland
GD Grenada
GP Guadeloupe
GU Guam
GT Guatemala
GG Guernsey
GN Guinea
GW Guinea-Bissau
GY Guyana
HT Haiti
HN Honduras
HK Hong Kong SAR China
HU Hungary
IS Iceland
IN India
ID Indonesia
IR Iran
IQ Iraq
IE Ireland
IM Isle of Man
IL Israel
IT Italy
JM Jamaica
JP Japan
JE Jersey
JO Jordan
KZ Kazakhstan
KE Kenya
KI Kiribati
XK Kosovo
KW Kuwait
KG Kyrgyzstan
LA Laos
LV Latvia
LB Lebanon
LS Lesotho
LR Liberia
LY Libya
LI Liechtenstein
LT Lithuania
LU Luxembourg
MO Macao SAR China
MG Madagascar
MW Malawi
MY Malaysia
MV Maldives
ML Mali
MT Malta
MH Marshall Islands
MQ Martinique
MR Mauritania
MU Mauritius
YT Mayotte
MX Mexico
FM Micronesia
MD Moldova
MC Monaco
MN Mongolia
ME Montenegro
MS Montserrat
MA Morocco
MZ Mozambique
MM Myanmar (Burma)
NA Namibia
NR Nauru
NP Nepal
NL Netherlands
NC New Caledonia
NZ New Zealand
NI Nicaragua
NE Niger
NG Nigeria
NU Niue
NF Norfolk Island
KP North Korea
MK North Macedonia
MP Northern Mariana Islands
NO Norway
OM Oman
PK Pakistan
PW Palau
PS Palestinian Territories
PA Panama
PG Papua New Guinea
PY Paraguay
PE Peru
PH Philippines
PL Poland
PT Portugal
PR Puerto Rico
QA Qatar
RE Réunion
RO Romania
RU Russia
RW Rwanda
WS Samoa
SM San Marino
ST São Tomé & Príncipe
SA Saudi Arabia
SN Senegal
RS Serbia
SC Seychelles
SL Sierra Leone
SG Singapore
SX Sint Maarten
SK Slovakia
SI Slovenia
SB Solomon Islands
SO Somalia
ZA South Africa
KR South Korea
SS South Sudan
ES Spain
LK Sri Lanka
BL St. Barthélemy
SH St. Helena
KN St. Kitts & Nevis
LC St. Lucia
MF St. Martin
PM St. Pierre & Miquelon
VC St. Vincent & Grenadines
SD Sudan
SR Suriname
SJ Svalbard & Jan Mayen
SE Sweden
CH Switzerland
SY Syria
TW Taiwan
TJ Tajikistan
TZ Tanzania
TH Thailand
TL Timor-Leste
TG Togo
TK Tokelau
TO Tonga
TT Trinidad & Tobago
TA Tristan da Cunha
TN Tunisia
TR Türkiye
TM Turkmenistan
TC Turks & Caicos Islands
TV Tuvalu
VI U.S. Virgin Islands
UG Uganda
UA Ukraine
AE United Arab Emirates
GB United Kingdom
US United States
UY Uruguay
UZ Uzbekistan
VU Vanuatu
VA Vatican City
VE Venezuela
VN Vietnam
WF Wallis & Futuna
EH Western Sahara
YE Yemen
ZM Zambia
ZW Zimbabwe
";

const GERMAN: &str = "\
AF Afghanistan
EG Ägypten
AX Ålandinseln
AL Albanien
DZ Algerien
AS Amerikanisch-Samoa
VI Amerikanische Jungferninseln
AD Andorra
AO Angola
AI Anguilla
AG Antigua und Barbuda
GQ Äquatorialguinea
AR Argentinien
AM Armenien
AW Aruba
AC Ascension
AZ Aserbaidschan
ET Äthiopien
AU Australien
BS Bahamas
BH Bahrain
BD Bangladesch
BB Barbados
BY Belarus
BE Belgien
BZ Belize
BJ Benin
BM Bermuda
BT Bhutan
BO Bolivien
BA Bosnien und Herzegowina
BW Botsuana
BR Brasilien
VG Britische Jungferninseln
IO Britisches Territorium im Indischen Ozean
BN Brunei Darussalam
BG Bulgarien
BF Burkina Faso
BI Burundi
CV Cabo Verde
CL Chile
CN China
CK Cookinseln
CR Costa Rica
CI Côte d’Ivoire
CW Curaçao
DK Dänemark
DE Deutschland
DM Dominica
DO Dominikanische Republik
DJ Dschibuti
EC Ecuador
SV El Salvador
ER Eritrea
EE Estland
SZ Eswatini
FK Falklandinseln
FO Färöer
FJ Fidschi
FI Finnland
FR Frankreich
GF Französisch-Guayana
PF Französisch-Polynesien
GA Gabun
GM Gambia
GE Georgien
GH Ghana
GI Gibraltar
GD Grenada
GR Griechenland
GL Grönland
GP Guadeloupe
GU Guam
GT Guatemala
GG Guernsey
GN Guinea
GW Guinea-Bissau
GY Guyana
HT Haiti
HN Honduras
IN Indien
ID Indonesien
IQ Irak
IR Iran
IE Irland
IS Island
IM Isle of Man
IL Israel
IT Italien
JM Jamaika
JP Japan
YE Jemen
JE Jersey
JO Jordanien
KY Kaimaninseln
KH Kambodscha
CM Kamerun
CA Kanada
BQ Karibische Niederlande
KZ Kasachstan
QA Katar
KE Kenia
KG Kirgisistan
KI Kiribati
CC Kokosinseln
CO Kolumbien
KM Komoren
CG Kongo-Brazzaville
CD Kongo-Kinshasa
XK Kosovo
HR Kroatien
CU Kuba
KW Kuwait
LA Laos
LS Lesotho
LV Lettland
LB Libanon
LR Liberia
LY Libyen
LI Liechtenstein
LT Litauen
LU Luxemburg
MG Madagaskar
MW Malawi
MY Malaysia
MV Malediven
ML Mali
MT Malta
MA Marokko
MH Marshallinseln
MQ Martinique
MR Mauretanien
MU Mauritius
YT Mayotte
MX Mexiko
FM Mikronesien
MC Monaco
MN Mongolei
ME Montenegro
MS Montserrat
MZ Mosambik
MM Myanmar
NA Namibia
NR Nauru
NP Nepal
NC Neukaledonien
NZ Neuseeland
NI Nicaragua
NL Niederlande
NE Niger
NG Nigeria
NU Niue
KP Nordkorea
MP Nördliche Marianen
MK Nordmazedonien
NF Norfolkinsel
NO Norwegen
OM Oman
AT Österreich
PK Pakistan
PS Palästinensische Autonomiegebiete
PW Palau
PA Panama
PG Papua-Neuguinea
PY Paraguay
PE Peru
PH Philippinen
PL Polen
PT Portugal
PR Puerto Rico
MD Republik Moldau
RE Réunion
RW Ruanda
RO Rumänien
RU Russland
SB Salomonen
ZM Sambia
WS Samoa
SM San Marino
ST São Tomé und Príncipe
SA Saudi-Arabien
SE Schweden
CH Schweiz
SN Senegal
RS Serbien
SC Seychellen
SL Sierra Leone
ZW Simbabwe
SG Singapur
SX Sint Maarten
SK Slowakei
SI Slowenien
SO Somalia
HK Sonderverwaltungsregion Hongkong
MO Sonderverwaltungsregion Macau
ES Spanien
SJ Spitzbergen und Jan Mayen
LK Sri Lanka
BL St. Barthélemy
SH St. Helena
KN St. Kitts und Nevis
LC St. Lucia
MF St. Martin
PM St. Pierre und Miquelon
VC St. Vincent und die Grenadinen
ZA Südafrika
SD Sudan
KR Südkorea
SS Südsudan
SR Suriname
SY Syrien
TJ Tadschikistan
TW Taiwan
TZ Tansania
TH Thailand
TL Timor-Leste
TG Togo
TK Tokelau
TO Tonga
TT Trinidad und Tobago
TA Tristan da Cunha
TD Tschad
CZ Tschechien
TN Tunesien
TR Türkei
TM Turkmenistan
TC Turks- und Caicosinseln
TV Tuvalu
UG Uganda
UA Ukraine
HU Ungarn
UY Uruguay
UZ Usbekistan
VU Vanuatu
VA Vatikanstadt
VE Venezuela
AE Vereinigte Arabische Emirate
US Vereinigte Staaten
GB Vereinigtes Königreich
VN Vietnam
WF Wallis und Futuna
CX Weihnachtsinsel
EH Westsahara
CF Zentralafrikanische Republik
CY Zypern
";

const FRENCH: &str = "\
AF Afghanistan
ZA Afrique du Sud
AL Albanie
DZ Algérie
DE Allemagne
AD Andorre
AO Angola
AI Anguilla
AG Antigua-et-Barbuda
SA Arabie saoudite
AR Argentine
AM Arménie
AW Aruba
AU Australie
AT Autriche
AZ Azerbaïdjan
BS Bahamas
BH Bahreïn
BD Bangladesh
BB Barbade
BE Belgique
BZ Belize
BJ Bénin
BM Bermudes
BT Bhoutan
BY Biélorussie
BO Bolivie
BA Bosnie-Herzégovine
BW Botswana
BR Brésil
BN Brunei
BG Bulgarie
BF Burkina Faso
BI Burundi
KH Cambodge
CM Cameroun
CA Canada
CV Cap-Vert
CL Chili
CN Chine
CY Chypre
CO Colombie
KM Comores
CG Congo-Brazzaville
CD Congo-Kinshasa
KP Corée du Nord
KR Corée du Sud
CR Costa Rica
CI Côte d’Ivoire
HR Croatie
CU Cuba
CW Curaçao
DK Danemark
DJ Djibouti
DM Dominique
EG Égypte
AE Émirats arabes unis
EC Équateur
ER Érythrée
ES Espagne
EE Estonie
SZ Eswatini
VA État de la Cité du Vatican
US États-Unis
ET Éthiopie
FJ Fidji
FI Finlande
FR France
GA Gabon
GM Gambie
GE Géorgie
GH Ghana
GI Gibraltar
GR Grèce
GD Grenade
GL Groenland
GP Guadeloupe
GU Guam
GT Guatemala
GG Guernesey
GN Guinée
GQ Guinée équatoriale
GW Guinée-Bissau
GY Guyana
GF Guyane française
HT Haïti
HN Honduras
HU Hongrie
CX Île Christmas
AC Île de l’Ascension
IM Île de Man
NF Île Norfolk
AX Îles Åland
KY Îles Caïmans
CC Îles Cocos
CK Îles Cook
FO Îles Féroé
FK Îles Malouines
MP Îles Mariannes du Nord
MH Îles Marshall
SB Îles Salomon
TC Îles Turques-et-Caïques
VG Îles Vierges britanniques
VI Îles Vierges des États-Unis
IN Inde
ID Indonésie
IQ Irak
IR Iran
IE Irlande
IS Islande
IL Israël
IT Italie
JM Jamaïque
JP Japon
JE Jersey
JO Jordanie
KZ Kazakhstan
KE Kenya
KG Kirghizstan
KI Kiribati
XK Kosovo
KW Koweït
RE La Réunion
LA Laos
LS Lesotho
LV Lettonie
LB Liban
LR Liberia
LY Libye
LI Liechtenstein
LT Lituanie
LU Luxembourg
MK Macédoine du Nord
MG Madagascar
MY Malaisie
MW Malawi
MV Maldives
ML Mali
MT Malte
MA Maroc
MQ Martinique
MU Maurice
MR Mauritanie
YT Mayotte
MX Mexique
FM Micronésie
MD Moldavie
MC Monaco
MN Mongolie
ME Monténégro
MS Montserrat
MZ Mozambique
MM Myanmar (Birmanie)
NA Namibie
NR Nauru
NP Népal
NI Nicaragua
NE Niger
NG Nigeria
NU Niue
NO Norvège
NC Nouvelle-Calédonie
NZ Nouvelle-Zélande
OM Oman
UG Ouganda
UZ Ouzbékistan
PK Pakistan
PW Palaos
PA Panama
PG Papouasie-Nouvelle-Guinée
PY Paraguay
NL Pays-Bas
BQ Pays-Bas caribéens
PE Pérou
PH Philippines
PL Pologne
PF Polynésie française
PR Porto Rico
PT Portugal
QA Qatar
HK R.A.S. chinoise de Hong Kong
MO R.A.S. chinoise de Macao
CF République centrafricaine
DO République dominicaine
RO Roumanie
GB Royaume-Uni
RU Russie
RW Rwanda
EH Sahara occidental
BL Saint-Barthélemy
KN Saint-Christophe-et-Niévès
SM Saint-Marin
MF Saint-Martin
SX Saint-Martin (partie néerlandaise)
PM Saint-Pierre-et-Miquelon
VC Saint-Vincent-et-les Grenadines
SH Sainte-Hélène
LC Sainte-Lucie
SV Salvador
WS Samoa
AS Samoa américaines
ST Sao Tomé-et-Principe
SN Sénégal
RS Serbie
SC Seychelles
SL Sierra Leone
SG Singapour
SK Slovaquie
SI Slovénie
SO Somalie
SD Soudan
SS Soudan du Sud
LK Sri Lanka
SE Suède
CH Suisse
SR Suriname
SJ Svalbard et Jan Mayen
SY Syrie
TJ Tadjikistan
TW Taïwan
TZ Tanzanie
TD Tchad
CZ Tchéquie
IO Territoire britannique de l’océan Indien
PS Territoires palestiniens
TH Thaïlande
TL Timor oriental
TG Togo
TK Tokelau
TO Tonga
TT Trinité-et-Tobago
TA Tristan da Cunha
TN Tunisie
TM Turkménistan
TR Turquie
TV Tuvalu
UA Ukraine
UY Uruguay
VU Vanuatu
VE Venezuela
VN Viêt Nam
WF Wallis-et-Futuna
YE Yémen
ZM Zambie
ZW Zimbabwe
";

const SPANISH: &str = "\
AF Afganistán
AL Albania
DE Alemania
AD Andorra
AO Angola
AI Anguila
AG Antigua y Barbuda
SA Arabia Saudí
DZ Argelia
AR Argentina
AM Armenia
AW Aruba
AU Australia
AT Austria
AZ Azerbaiyán
BS Bahamas
BD Bangladés
BB Barbados
BH Baréin
BE Bélgica
BZ Belice
BJ Benín
BM Bermudas
BY Bielorrusia
BO Bolivia
BA Bosnia y Herzegovina
BW Botsuana
BR Brasil
BN Brunéi
BG Bulgaria
BF Burkina Faso
BI Burundi
BT Bután
CV Cabo Verde
KH Camboya
CM Camerún
CA Canadá
BQ Caribe neerlandés
QA Catar
TD Chad
CZ Chequia
CL Chile
CN China
CY Chipre
VA Ciudad del Vaticano
CO Colombia
KM Comoras
CG Congo
KP Corea del Norte
KR Corea del Sur
CR Costa Rica
CI Côte d’Ivoire
HR Croacia
CU Cuba
CW Curazao
DK Dinamarca
DM Dominica
EC Ecuador
EG Egipto
SV El Salvador
AE Emiratos Árabes Unidos
ER Eritrea
SK Eslovaquia
SI Eslovenia
ES España
US Estados Unidos
EE Estonia
SZ Esuatini
ET Etiopía
PH Filipinas
FI Finlandia
FJ Fiyi
FR Francia
GA Gabón
GM Gambia
GE Georgia
GH Ghana
GI Gibraltar
GD Granada
GR Grecia
GL Groenlandia
GP Guadalupe
GU Guam
GT Guatemala
GF Guayana Francesa
GG Guernesey
GN Guinea
GQ Guinea Ecuatorial
GW Guinea-Bisáu
GY Guyana
HT Haití
HN Honduras
HU Hungría
IN India
ID Indonesia
IQ Irak
IR Irán
IE Irlanda
AC Isla de la Ascensión
IM Isla de Man
CX Isla de Navidad
NF Isla Norfolk
IS Islandia
AX Islas Aland
KY Islas Caimán
CC Islas Cocos
CK Islas Cook
FO Islas Feroe
FK Islas Malvinas
MP Islas Marianas del Norte
MH Islas Marshall
SB Islas Salomón
TC Islas Turcas y Caicos
VG Islas Vírgenes Británicas
VI Islas Vírgenes de EE. UU.
IL Israel
IT Italia
JM Jamaica
JP Japón
JE Jersey
JO Jordania
KZ Kazajistán
KE Kenia
KG Kirguistán
KI Kiribati
XK Kosovo
KW Kuwait
LA Laos
LS Lesoto
LV Letonia
LB Líbano
LR Liberia
LY Libia
LI Liechtenstein
LT Lituania
LU Luxemburgo
MK Macedonia del Norte
MG Madagascar
MY Malasia
MW Malaui
MV Maldivas
ML Mali
MT Malta
MA Marruecos
MQ Martinica
MU Mauricio
MR Mauritania
YT Mayotte
MX México
FM Micronesia
MD Moldavia
MC Mónaco
MN Mongolia
ME Montenegro
MS Montserrat
MZ Mozambique
MM Myanmar (Birmania)
NA Namibia
NR Nauru
NP Nepal
NI Nicaragua
NE Níger
NG Nigeria
NU Niue
NO Noruega
NC Nueva Caledonia
NZ Nueva Zelanda
OM Omán
NL Países Bajos
PK Pakistán
PW Palaos
PA Panamá
PG Papúa Nueva Guinea
PY Paraguay
PE Perú
PF Polinesia Francesa
PL Polonia
PT Portugal
PR Puerto Rico
HK RAE de Hong Kong (China)
MO RAE de Macao (China)
GB Reino Unido
CF República Centroafricana
CD República Democrática del Congo
DO República Dominicana
RE Reunión
RW Ruanda
RO Rumanía
RU Rusia
EH Sáhara Occidental
WS Samoa
AS Samoa Americana
BL San Bartolomé
KN San Cristóbal y Nieves
SM San Marino
MF San Martín
PM San Pedro y Miquelón
VC San Vicente y las Granadinas
SH Santa Elena
LC Santa Lucía
ST Santo Tomé y Príncipe
SN Senegal
RS Serbia
SC Seychelles
SL Sierra Leona
SG Singapur
SX Sint Maarten
SY Siria
SO Somalia
LK Sri Lanka
ZA Sudáfrica
SD Sudán
SS Sudán del Sur
SE Suecia
CH Suiza
SR Surinam
SJ Svalbard y Jan Mayen
TH Tailandia
TW Taiwán
TZ Tanzania
TJ Tayikistán
IO Territorio Británico del Océano Índico
PS Territorios Palestinos
TL Timor-Leste
TG Togo
TK Tokelau
TO Tonga
TT Trinidad y Tobago
TA Tristán de Acuña
TN Túnez
TM Turkmenistán
TR Turquía
TV Tuvalu
UA Ucrania
UG Uganda
UY Uruguay
UZ Uzbekistán
VU Vanuatu
VE Venezuela
VN Vietnam
WF Wallis y Futuna
YE Yemen
DJ Yibuti
ZM Zambia
ZW Zimbabue
";

const ITALIAN: &str = "\
AF Afghanistan
AL Albania
DZ Algeria
AD Andorra
AO Angola
AI Anguilla
AG Antigua e Barbuda
SA Arabia Saudita
AR Argentina
AM Armenia
AW Aruba
AU Australia
AT Austria
AZ Azerbaigian
BS Bahamas
BH Bahrein
BD Bangladesh
BB Barbados
BE Belgio
BZ Belize
BJ Benin
BM Bermuda
BT Bhutan
BY Bielorussia
BO Bolivia
BA Bosnia ed Erzegovina
BW Botswana
BR Brasile
BN Brunei
BG Bulgaria
BF Burkina Faso
BI Burundi
KH Cambogia
CM Camerun
CA Canada
CV Capo Verde
BQ Caraibi Olandesi
CZ Cechia
TD Ciad
CL Cile
CN Cina
CY Cipro
VA Città del Vaticano
CO Colombia
KM Comore
CD Congo - Kinshasa
CG Congo-Brazzaville
KP Corea del Nord
KR Corea del Sud
CI Costa d’Avorio
CR Costa Rica
HR Croazia
CU Cuba
CW Curaçao
DK Danimarca
DM Dominica
EC Ecuador
EG Egitto
SV El Salvador
AE Emirati Arabi Uniti
ER Eritrea
EE Estonia
SZ Eswatini
ET Etiopia
FJ Figi
PH Filippine
FI Finlandia
FR Francia
GA Gabon
GM Gambia
GE Georgia
DE Germania
GH Ghana
JM Giamaica
JP Giappone
GI Gibilterra
DJ Gibuti
JO Giordania
GR Grecia
GD Grenada
GL Groenlandia
GP Guadalupa
GU Guam
GT Guatemala
GG Guernsey
GN Guinea
GQ Guinea Equatoriale
GW Guinea-Bissau
GY Guyana
GF Guyana Francese
HT Haiti
HN Honduras
IN India
ID Indonesia
IR Iran
IQ Iraq
IE Irlanda
IS Islanda
AC Isola Ascensione
CX Isola Christmas
IM Isola di Man
NF Isola Norfolk
AX Isole Åland
KY Isole Cayman
CC Isole Cocos (Keeling)
CK Isole Cook
FO Isole Fær Øer
FK Isole Falkland
MP Isole Marianne Settentrionali
MH Isole Marshall
SB Isole Salomone
TC Isole Turks e Caicos
VI Isole Vergini Americane
VG Isole Vergini Britanniche
IL Israele
IT Italia
JE Jersey
KZ Kazakistan
KE Kenya
KG Kirghizistan
KI Kiribati
XK Kosovo
KW Kuwait
LA Laos
LS Lesotho
LV Lettonia
LB Libano
LR Liberia
LY Libia
LI Liechtenstein
LT Lituania
LU Lussemburgo
MK Macedonia del Nord
MG Madagascar
MW Malawi
MY Malaysia
MV Maldive
ML Mali
MT Malta
MA Marocco
MQ Martinica
MR Mauritania
MU Mauritius
YT Mayotte
MX Messico
FM Micronesia
MD Moldavia
MC Monaco
MN Mongolia
ME Montenegro
MS Montserrat
MZ Mozambico
MM Myanmar (Birmania)
NA Namibia
NR Nauru
NP Nepal
NI Nicaragua
NE Niger
NG Nigeria
NU Niue
NO Norvegia
NC Nuova Caledonia
NZ Nuova Zelanda
OM Oman
NL Paesi Bassi
PK Pakistan
PW Palau
PA Panama
PG Papua Nuova Guinea
PY Paraguay
PE Perù
PF Polinesia Francese
PL Polonia
PT Portogallo
PR Portorico
QA Qatar
HK RAS di Hong Kong
MO RAS di Macao
GB Regno Unito
CF Repubblica Centrafricana
DO Repubblica Dominicana
RE Riunione
RO Romania
RW Ruanda
RU Russia
EH Sahara Occidentale
KN Saint Kitts e Nevis
LC Saint Lucia
MF Saint Martin
VC Saint Vincent e Grenadine
BL Saint-Barthélemy
PM Saint-Pierre e Miquelon
WS Samoa
AS Samoa Americane
SM San Marino
SH Sant’Elena
ST São Tomé e Príncipe
SN Senegal
RS Serbia
SC Seychelles
SL Sierra Leone
SG Singapore
SX Sint Maarten
SY Siria
SK Slovacchia
SI Slovenia
SO Somalia
ES Spagna
LK Sri Lanka
US Stati Uniti
SS Sud Sudan
ZA Sudafrica
SD Sudan
SR Suriname
SJ Svalbard e Jan Mayen
SE Svezia
CH Svizzera
TJ Tagikistan
TW Taiwan
TZ Tanzania
PS Territori Palestinesi
IO Territorio Britannico dell’Oceano Indiano
TH Thailandia
TL Timor Est
TG Togo
TK Tokelau
TO Tonga
TT Trinidad e Tobago
TA Tristan da Cunha
TN Tunisia
TR Turchia
TM Turkmenistan
TV Tuvalu
UA Ucraina
UG Uganda
HU Ungheria
UY Uruguay
UZ Uzbekistan
VU Vanuatu
VE Venezuela
VN Vietnam
WF Wallis e Futuna
YE Yemen
ZM Zambia
ZW Zimbabwe
";

const FINNISH: &str = "\
AF Afganistan
AX Ahvenanmaa
NL Alankomaat
AL Albania
DZ Algeria
AS Amerikan Samoa
AD Andorra
AO Angola
AI Anguilla
AG Antigua ja Barbuda
AE Arabiemiirikunnat
AR Argentiina
AM Armenia
AW Aruba
AC Ascension-saari
AU Australia
AZ Azerbaidžan
BS Bahama
BH Bahrain
BD Bangladesh
BB Barbados
BE Belgia
BZ Belize
BJ Benin
BM Bermuda
BT Bhutan
BO Bolivia
BA Bosnia ja Hertsegovina
BW Botswana
BR Brasilia
IO Brittiläinen Intian valtameren alue
VG Brittiläiset Neitsytsaaret
BN Brunei
BG Bulgaria
BF Burkina Faso
BI Burundi
KY Caymansaaret
CL Chile
CK Cookinsaaret
CR Costa Rica
CW Curaçao
DJ Djibouti
DM Dominica
DO Dominikaaninen tasavalta
EC Ecuador
EG Egypti
SV El Salvador
ER Eritrea
ES Espanja
SZ Eswatini
ZA Etelä-Afrikka
KR Etelä-Korea
SS Etelä-Sudan
ET Etiopia
FK Falklandinsaaret
FJ Fidži
PH Filippiinit
FO Färsaaret
GA Gabon
GM Gambia
GE Georgia
GH Ghana
GI Gibraltar
GD Grenada
GL Grönlanti
GP Guadeloupe
GU Guam
GT Guatemala
GG Guernsey
GN Guinea
GW Guinea-Bissau
GY Guyana
HT Haiti
HN Honduras
HK Hongkong – Kiinan erityishallintoalue
SJ Huippuvuoret ja Jan Mayen
ID Indonesia
IN Intia
IQ Irak
IR Iran
IE Irlanti
IS Islanti
GB Iso-Britannia
IL Israel
IT Italia
TL Itä-Timor
AT Itävalta
JM Jamaika
JP Japani
YE Jemen
JE Jersey
JO Jordania
CX Joulusaari
KH Kambodža
CM Kamerun
CA Kanada
CV Kap Verde
BQ Karibian Alankomaat
KZ Kazakstan
KE Kenia
CF Keski-Afrikan tasavalta
CN Kiina
KG Kirgisia
KI Kiribati
CO Kolumbia
KM Komorit
CD Kongon demokraattinen tasavalta
CG Kongon tasavalta
CC Kookossaaret (Keelingsaaret)
XK Kosovo
GR Kreikka
HR Kroatia
CU Kuuba
KW Kuwait
CY Kypros
LA Laos
LV Latvia
LS Lesotho
LB Libanon
LR Liberia
LY Libya
LI Liechtenstein
LT Liettua
LU Luxemburg
EH Länsi-Sahara
MO Macao – Kiinan erityishallintoalue
MG Madagaskar
MW Malawi
MV Malediivit
MY Malesia
ML Mali
MT Malta
IM Mansaari
MA Marokko
MH Marshallinsaaret
MQ Martinique
MR Mauritania
MU Mauritius
YT Mayotte
MX Meksiko
FM Mikronesia
MD Moldova
MC Monaco
MN Mongolia
ME Montenegro
MS Montserrat
MZ Mosambik
MM Myanmar (Burma)
NA Namibia
NR Nauru
NP Nepal
NI Nicaragua
NE Niger
NG Nigeria
NU Niue
NF Norfolkinsaari
NO Norja
CI Norsunluurannikko
OM Oman
PK Pakistan
PW Palau
PS Palestiinalaisalue
PA Panama
PG Papua-Uusi-Guinea
PY Paraguay
PE Peru
KP Pohjois-Korea
MK Pohjois-Makedonia
MP Pohjois-Mariaanit
PT Portugali
PR Puerto Rico
PL Puola
GQ Päiväntasaajan Guinea
QA Qatar
FR Ranska
GF Ranskan Guayana
PF Ranskan Polynesia
RE Réunion
RO Romania
RW Ruanda
SE Ruotsi
SH Saint Helena
KN Saint Kitts ja Nevis
LC Saint Lucia
VC Saint Vincent ja Grenadiinit
BL Saint-Barthélemy
MF Saint-Martin
PM Saint-Pierre ja Miquelon
DE Saksa
SB Salomonsaaret
ZM Sambia
WS Samoa
SM San Marino
ST São Tomé ja Príncipe
SA Saudi-Arabia
SN Senegal
RS Serbia
SC Seychellit
SL Sierra Leone
SG Singapore
SX Sint Maarten
SK Slovakia
SI Slovenia
SO Somalia
LK Sri Lanka
SD Sudan
FI Suomi
SR Suriname
CH Sveitsi
SY Syyria
TJ Tadžikistan
TW Taiwan
TZ Tansania
DK Tanska
TH Thaimaa
TG Togo
TK Tokelau
TO Tonga
TT Trinidad ja Tobago
TA Tristan da Cunha
TD Tšad
CZ Tšekki
TN Tunisia
TR Turkki
TM Turkmenistan
TC Turks- ja Caicossaaret
TV Tuvalu
UG Uganda
UA Ukraina
HU Unkari
UY Uruguay
NC Uusi-Kaledonia
NZ Uusi-Seelanti
UZ Uzbekistan
BY Valko-Venäjä
VU Vanuatu
VA Vatikaani
VE Venezuela
RU Venäjä
VN Vietnam
EE Viro
WF Wallis ja Futuna
US Yhdysvallat
VI Yhdysvaltain Neitsytsaaret
ZW Zimbabwe
";

const HEBREW: &str = "\
UG אוגנדה
UZ אוזבקיסטן
AT אוסטריה
AU אוסטרליה
UA אוקראינה
UY אורוגוואי
AZ אזרבייג׳ן
CX אי חג המולד
AE איחוד האמירויות הערביות
IT איטליה
AX איי אולנד
BS איי בהאמה
VG איי הבתולה הבריטיים
VI איי הבתולה של ארצות הברית
WF איי ווליס ופוטונה
TC איי טרקס וקייקוס
MP איי מריאנה הצפוניים
MH איי מרשל
SC איי סיישל
FO איי פארו
FK איי פוקלנד
CK איי קוק
CC איי קוקוס (קילינג)
KY איי קיימן
SB איי שלמה
ID אינדונזיה
IS איסלנד
IR איראן
IE אירלנד
SV אל סלבדור
AL אלבניה
DZ אלג׳יריה
AI אנגווילה
AO אנגולה
AD אנדורה
AG אנטיגואה וברבודה
SZ אסוואטיני
EE אסטוניה
AF אפגניסטן
EC אקוודור
AR ארגנטינה
AW ארובה
ER אריתריאה
AM ארמניה
US ארצות הברית
ET אתיופיה
BT בהוטן
BW בוטסואנה
BG בולגריה
BO בוליביה
BA בוסניה והרצגובינה
BI בורונדי
BF בורקינה פאסו
BH בחריין
BY בלארוס
BE בלגיה
BZ בליז
BD בנגלדש
BJ בנין
BB ברבדוס
BN ברוניי
BR ברזיל
GB בריטניה
BM ברמודה
DJ ג׳יבוטי
JM ג׳מייקה
JE ג׳רזי
GE גאורגיה
GH גאנה
GA גבון
GT גואטמלה
GU גואם
GP גוואדלופ
GY גיאנה
GF גיאנה הצרפתית
GI גיברלטר
GN גינאה
GQ גינאה המשוונית
GW גינאה-ביסאו
GM גמביה
GL גרינלנד
DE גרמניה
GD גרנדה
GG גרנזי
DM דומיניקה
DK דנמרק
ZA דרום אפריקה
SS דרום סודן
AC האי אסנשן
IM האי מאן
NF האי נורפוק
HT האיטי
MV האיים המלדיביים
BQ האיים הקריביים ההולנדיים
IN הודו
VA הוותיקן
NL הולנד
HK הונג קונג (אזור מנהלי מיוחד של סין)
HU הונגריה
HN הונדורס
IO הטריטוריה הבריטית באוקיינוס ההודי
PH הפיליפינים
DO הרפובליקה הדומיניקנית
CF הרפובליקה המרכז-אפריקאית
PS השטחים הפלסטיניים
VN וייטנאם
VU ונואטו
VE ונצואלה
ZW זימבבואה
ZM זמביה
CI חוף השנהב
TJ טג׳יקיסטן
TV טובאלו
TG טוגו
TO טונגה
TK טוקלאו
TR טורקיה
TM טורקמניסטן
TW טייוואן
TL טימור-לסטה
TZ טנזניה
TT טרינידד וטובגו
TA טריסטן דה קונה
GR יוון
JP יפן
JO ירדן
IL ישראל
KW כווית
CV כף ורדה
LA לאוס
LB לבנון
LY לוב
LU לוקסמבורג
LV לטביה
LR ליבריה
LT ליטא
LI ליכטנשטיין
LS לסוטו
MR מאוריטניה
MU מאוריציוס
YT מאיוט
ML מאלי
MG מדגסקר
MZ מוזמביק
MD מולדובה
MN מונגוליה
ME מונטנגרו
MS מונסראט
MC מונקו
MM מיאנמר (בורמה)
FM מיקרונזיה
MW מלאווי
MY מלזיה
MT מלטה
EG מצרים
MO מקאו (אזור מנהלי מיוחד של סין)
MK מקדוניה הצפונית
MX מקסיקו
MA מרוקו
MQ מרטיניק
NR נאורו
NO נורווגיה
NG ניגריה
NZ ניו זילנד
NU ניווה
NE ניז׳ר
NI ניקרגואה
NA נמיביה
NP נפאל
ST סאו טומה ופרינסיפה
SJ סבאלברד ויאן מאיין
EH סהרה המערבית
SD סודן
SO סומליה
SY סוריה
SR סורינאם
SL סיירה לאון
CN סין
SG סינגפור
SI סלובניה
SK סלובקיה
WS סמואה
AS סמואה האמריקנית
MF סן מרטן
SM סן מרינו
SN סנגל
BL סנט ברתולומיאו
SH סנט הלנה
VC סנט וינסנט והגרנדינים
LC סנט לוסיה
SX סנט מארטן
PM סנט פייר ומיקלון
KN סנט קיטס ונוויס
ES ספרד
RS סרביה
LK סרי לנקה
OM עומאן
IQ עיראק
SA ערב הסעודית
PR פוארטו ריקו
PL פולין
PF פולינזיה הצרפתית
PT פורטוגל
FJ פיג׳י
FI פינלנד
PW פלאו
PA פנמה
PG פפואה גינאה החדשה
PK פקיסטן
PY פרגוואי
PE פרו
TD צ׳אד
CL צ׳ילה
CZ צ׳כיה
FR צרפת
CU קובה
CO קולומביה
KM קומורו
CG קונגו - ברזאויל
CD קונגו - קינשאסה
XK קוסובו
CR קוסטה ריקה
CW קוראסאו
KR קוריאה הדרומית
KP קוריאה הצפונית
KZ קזחסטן
QA קטאר
KG קירגיזסטן
KI קיריבאטי
NC קלדוניה החדשה
KH קמבודיה
CM קמרון
CA קנדה
KE קניה
CY קפריסין
HR קרואטיה
RE ראוניון
RW רואנדה
RO רומניה
RU רוסיה
SE שוודיה
CH שווייץ
TH תאילנד
TN תוניסיה
YE תימן
";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::library;
    use super::*;

    #[test]
    fn every_region_that_has_telephone_numbers_has_a_name_in_each_language() {
        let known: BTreeSet<_> = library()
            .unwrap()
            .get_supported_regions()
            .map(|region| region.as_region_str().as_str().to_owned())
            .collect();
        assert!(known.len() > 240, "{}", known.len());
        for language in Language::ALL {
            let table: Vec<_> = region_names(language).collect();
            let named: BTreeSet<_> = table.iter().map(|(code, _)| (*code).to_owned()).collect();
            assert_eq!(named, known);
            assert_eq!(named.len(), table.len(), "each once");
            assert!(table.iter().all(|(_, name)| name.chars().count() > 2));
        }
    }

    #[test]
    fn names_are_in_the_order_of_their_language_and_of_the_language_that_was_asked_for() {
        // As dictionaries sort: letters without their marks, signs before letters.
        let key = |name: &str| -> String {
            name.to_lowercase()
                .chars()
                .map(|c| match c {
                    'å' | 'ä' | 'ã' => 'a',
                    'ç' => 'c',
                    'é' => 'e',
                    'í' => 'i',
                    'ñ' => 'n',
                    'ô' | 'ö' => 'o',
                    'ü' => 'u',
                    c if c.is_alphanumeric() => c,
                    _ => ' ',
                })
                .collect()
        };
        // The others as CLDR sorts them.
        for language in [Language::English, Language::German] {
            let table: Vec<_> = region_names(language).collect();
            for pair in table.windows(2) {
                assert!(key(pair[0].1) <= key(pair[1].1), "{pair:?}");
            }
        }
        let name = |locale, code| {
            let mut names = region_names(Language::of(locale));
            names.find(|(known, _)| *known == code).unwrap().1
        };
        assert_eq!(name("de_AT", "AT"), "Österreich");
        assert_eq!(name("en-GB", "AT"), "Austria");
        assert_eq!(name("fr", "AT"), "Autriche");
        assert_eq!(name("es-419", "DE"), "Alemania");
        assert_eq!(name("it", "CH"), "Svizzera");
        assert_eq!(name("fi", "AX"), "Ahvenanmaa");
        assert_eq!(name("he_IL", "IL"), "ישראל");
        assert_eq!(name("pt", "AT"), "Austria", "nobody is left without a name");
        assert_eq!(name("de", "TR"), "Türkei");
    }
}
