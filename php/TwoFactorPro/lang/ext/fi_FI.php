<?php

/*
 * Texts of TwoFactorPro. Those of its pages that TwoFactor has, too, are in its file, and none is in both.
 * What belongs together stands in one part; add a part of your own below.
 */

// -- the module ---------------------------------------------------------------------------------------

$lang['pro_friendlyname'] = 'Kaksivaiheisuus Pro';
$lang['pro_description'] = 'Mitä paljon käyttäjiä palveleva sivusto tarvitsee lisäksi: lisää sivunsa kaksivaiheisuuteen ja vaatii lisenssin.';
$lang['pro_help'] = '<p>Lisää sivunsa kohtaan <em>Sivuston hallinta, Kaksivaiheisuuden hallinta, Premium</em>. Anna lisenssiavain siellä. Kaikki, mikä pitää tilin turvassa, on moduulissa TwoFactor ilman lisenssiä. Kun lisenssi päättyy tai tämä moduuli poistetaan, ketään ei estetä kirjautumasta eikä kukaan menetä toista tunnistautumistapaa.</p><p>Lisenssin uusivat CMS Made Simplen tehtävät (CmsJobManager). Missä niitä ei suoriteta, se uusitaan, kun ylläpitäjä avaa sivun.</p><h3>Oikeudet</h3><p>Ylläpitäjillä on ne kaikki. Kohdassa <em>Ryhmät</em> joku muu saa niistä osan:</p><ul><li><code>help_twofactor_users</code>: hae käyttäjiä, avaa lukituksia, anna väliaikainen koodi, päätä kirjautumisia ja luotettuja selaimia. Ei asetuksia, ei tapahtumalokia.</li><li><code>read_twofactor_audit</code>: lue tapahtumalokia ja hae siitä. Ei muuta.</li><li><code>manage_twofactor_settings</code>: asetukset, säännöt siitä, kuka tarvitsee toisen tunnistautumistavan, luotetut selaimet, käyttöönoton vaatiminen kaikilta.</li><li><code>manage_twofactor_providers</code>: koodien palveluntarjoajat ja tekstit. Tallennettu odottaa, kunnes ylläpitäjä on vahvistanut sen.</li><li><code>manage_twofactor_premium</code>: lisenssi ja tilastot.</li></ul><p>Kukaan ei toimi sellaisen käyttäjän puolesta, joka saa tehdä enemmän kuin hän itse. Oikeudet ovat voimassa, kun lisenssi on; ilman sitä <code>manage_twofactor</code> tekee kaiken, minkä ennenkin.</p>';
$lang['pro_installed'] = 'Kaksivaiheisuus Pro on asennettu. Anna lisenssiavain kohdassa ”Sivuston hallinta”, ”Kaksivaiheisuuden hallinta”, ”Premium”.';
$lang['pro_install_without'] = 'Moduulin TwoFactor 4.0.0 tai uudemman on ensin oltava asennettuna ja käytössä.';
$lang['pro_install_folder'] = 'PHP:n on saatava kirjoittaa kansioon %s, koska CMS laittaa sinne tiedoston.';
$lang['pro_uninstall_ask'] = 'Poistetaanko Kaksivaiheisuus Pron asennus? Sen sivuilla asetettu ja lisenssiavain unohdetaan. Ketään ei suljeta ulos. Luotetut selaimet ja säännöt toisen tunnistautumistavan vaatimisesta lakkaavat; verkoista asetettu jatkuu.';
$lang['pro_uninstall_prove'] = 'Asennuksen poisto vie sen, mikä on määrätty kaikille: vahvista ensin, että olet itse asialla, kohdassa ”Omat asetukset”, ”Kaksivaiheinen tunnistautuminen”, ja poista asennus viiden minuutin kuluessa.';
$lang['pro_uninstall_rules'] = 'Säännöt toisen tunnistautumistavan vaatimisesta on asetettu, ja ne lakkaisivat samalla: poista ne ensin kohdassa ”Kaksivaiheisuus”, ”Premium”, ”Säännöt”. Joka ei saa tehdä sitä, ei saa poistaa asennustakaan.';
$lang['pro_uninstalled'] = 'Kaksivaiheisuus Pron asennus on poistettu. Ketään ei suljeta ulos. Luotetut selaimet ja säännöt toisen tunnistautumistavan vaatimisesta lakkaavat; verkoista asetettu jatkuu.';
$lang['permission_help'] = 'Kaksivaiheinen tunnistautuminen: auta käyttäjiä (lukituksen avaus, väliaikainen koodi, kirjautumisten päättäminen)';
$lang['permission_audit'] = 'Kaksivaiheinen tunnistautuminen: lue tapahtumalokia';
$lang['permission_settings'] = 'Kaksivaiheinen tunnistautuminen: hallitse asetuksia ja sääntöjä';
$lang['permission_providers'] = 'Kaksivaiheinen tunnistautuminen: hallitse palveluntarjoajia ja tekstejä';
$lang['permission_premium'] = 'Kaksivaiheinen tunnistautuminen: hallitse lisenssiä, näe tilastot';

// -- the licence --------------------------------------------------------------------------------------

$lang['licence_title'] = 'Lisenssi';
$lang['licence_state_none'] = 'Ei lisenssiä';
$lang['licence_state_valid'] = 'Voimassa';
$lang['licence_state_grace'] = 'Uusimatta: armonpäivät';
$lang['licence_state_expired'] = 'Päättynyt';
$lang['licence_state_refused'] = 'Ei kelpaa';
$lang['licence_plan'] = 'Sisältö';
$lang['licence_plan_pro'] = 'Kaksivaiheisuus Pro, kaikki, yhdelle sivustolle';
$lang['licence_domain'] = 'Kohde';
$lang['licence_id'] = 'Numero';
$lang['licence_until'] = 'Uusittu päivään';
$lang['licence_grace_until'] = 'Jatkuu päivään';
$lang['licence_renewed_about'] = 'Lisenssi uusitaan itsestään kahdesti päivässä. ”Jatkuu päivään” kertoo, kuinka kauan se kestää, jos keneltäkään ei voida kysyä.';
$lang['licence_none_about'] = 'Ilman lisenssiä ei puutu mitään, mikä pitää tilin turvassa.';
$lang['licence_renew'] = 'Uusi nyt';
$lang['licence_renewed'] = 'Yhdyskäytävältä kysyttiin, tai siitä oli alle minuutti. Lisenssi on voimassa.';
$lang['licence_none_counts'] = 'Kelpaavaa lisenssiä ei ole. Ketään ei suljeta ulos. Luotetut selaimet ja säännöt toisen tunnistautumistavan vaatimisesta lakkaavat; verkoista asetettu jatkuu.';
$lang['licence_enter'] = 'Anna lisenssiavain';
$lang['licence_change'] = 'Vaihda lisenssi';
$lang['licence_keeps_rules'] = 'Säännöt siitä, kuka tarvitsee toisen tunnistautumistavan, on asetettu, eivätkä ne ilman tätä lisenssiä vaadi keneltäkään mitään: sen vaihtaa se, joka saa muuttaa sääntöjä.';
$lang['licence_key'] = 'Lisenssiavain';
$lang['licence_key_about'] = 'Niin kuin se tuli lisenssisi mukana. Se säilytetään salattuna, eikä sitä näytetä uudelleen.';
$lang['licence_site'] = 'Tämän sivuston osoite';
$lang['licence_site_about'] = 'Lisenssiä pyydetään sen palvelimelle ilman alkua ”www.”, eikä millekään muulle: tarkista, että se on se, jolle ostit sen. Se säilytetään avaimen vieressä.';
$lang['licence_site_set'] = 'Se on asetettu palvelimella: twofactor.site_url tiedostossa php.ini tai twofactor_site_url tiedostossa config.php.';
$lang['licence_site_wrong'] = 'Anna tämän sivuston osoite, kuten https://www.example.com.';
$lang['licence_key_missing'] = 'Anna lisenssiavain.';
$lang['licence_key_save'] = 'Tallenna avain';
$lang['licence_entered'] = 'Lisenssiavain on tallennettu, ja lisenssi on voimassa.';
$lang['licence_not_taken'] = 'Tällä avaimella ei nyt ole lisenssiä. Jos ennen oli kelpaava, se on yhä voimassa.';
$lang['licence_forget'] = 'Unohda avain';
$lang['licence_forget_confirm'] = 'Unohdetaanko lisenssiavain? Premium-osat päättyvät heti. Ketään ei suljeta ulos. Luotetut selaimet ja säännöt toisen tunnistautumistavan vaatimisesta lakkaavat; verkoista asetettu jatkuu.';
$lang['licence_forgotten'] = 'Lisenssiavain on unohdettu.';
$lang['licence_no_gateway'] = 'Kukaan ei ole vielä kertonut, mistä lisenssit tulevat: aseta twofactor.licence_url ja twofactor.licence_public_keys tiedostossa php.ini niin kuin ne tulivat lisenssisi mukana.';
$lang['licence_grace'] = 'Armonpäivät';
$lang['licence_grace_days'] = 'Päiviä';
$lang['licence_grace_about'] = 'Kuinka kauan lisenssi jatkuu, kun seuraavaa ei voida kysyä keneltäkään: 0–60; tyhjä: 14.';
$lang['licence_grace_save'] = 'Tallenna päivät';
$lang['licence_grace_wrong'] = 'Armonpäivät ovat luku väliltä 0–60.';
$lang['licence_grace_set'] = 'Armonpäivät on tallennettu.';
$lang['log_licence_entered'] = 'Lisenssiavain annettu';
$lang['log_licence_forgotten'] = 'Lisenssiavain unohdettu';
$lang['log_licence_grace'] = 'Lisenssin armonpäivät asetettu: %s';

// -- enforcement --------------------------------------------------------------------------------------

$lang['tab_enforcement'] = 'Säännöt';
$lang['rules_title'] = 'Kuka tarvitsee toisen tunnistautumistavan';
$lang['rules_about'] = 'Jotakuta koskevista säännöistä tiukin ratkaisee. Joka joutuu ottamaan jotakin käyttöön, ohjataan siihen kirjautuessaan eikä mihinkään muuhun, ennen kuin se on tehty.';
$lang['rules_try_first'] = 'Katso ensin, kenet ne pysäyttäisivät; se ei aseta mitään. Sitten voit asettaa ne.';
$lang['rules_none'] = 'Sääntöjä ei ole asetettu. Alla on esimerkki.';
$lang['rules_unsaved'] = 'Alla olevaa ei ole vielä asetettu.';
$lang['rules_text'] = 'Säännöt JSON-muodossa';
$lang['rules_try'] = 'Kenet tämä pysäyttäisi tänään?';
$lang['rules_missing'] = 'Lisää sääntö. Jos haluat olla ilman sääntöjä, poista asetetut.';
$lang['rules_errors'] = 'Näissä säännöissä jokin ei ole oikein; se sanotaan siinä kohdassa. Mitään ei ole muutettu.';
$lang['rules_cut_off'] = 'Kaikki nämä säännöt eivät tulleet perille: palvelin ei hyväksy näin pitkää lomaketta. Mitään ei ole muutettu; suurenna arvoa max_input_vars tiedostossa php.ini.';
$lang['rules_changed_meanwhile'] = 'Joku on muuttanut sääntöjä sen jälkeen, kun tämä sivu avattiin. Mitään ei ole muutettu. Alla ovat sinun sääntösi: aseta ne vielä kerran, jos haluat ne muiden tilalle.';
$lang['rules_look_first'] = 'Mitään ei ole vielä muutettu. Katso, mitä nämä säännöt tekisivät tänään, ja aseta ne sitten.';
$lang['rules_not_json'] = 'Tämä ei ole käytäntö: objekti, jossa on ”rules”, luettelo objekteja.';
$lang['rules_not_shown'] = 'Asetetut säännöt kirjoitettiin toiselle versiolle, eikä tämä sivu voi näyttää niitä lomakkeena.';
$lang['rules_no_method'] = 'Nämä säännöt vaativat tunnistautumistavan, jota kukaan ei voi täällä ottaa käyttöön. Mitään ei ole muutettu.';
$lang['rules_not_proven'] = 'Nämä säännöt vaativat sinulta enemmän kuin olet juuri vahvistanut, ja sinä olisit ensimmäinen, jonka ne pysäyttävät. Ota käyttöön yhtä vahva tunnistautumistapa kuin ne vaativat, vahvista sillä ja aseta ne sitten. Mitään ei ole muutettu.';
$lang['rules_no_passkeys'] = 'Tietojenkalastelun kestävää ei voi vielä vaatia: se edellyttää pääsyavaimia, joita tässä versiossa ei ole.';
$lang['rules_wrong_at'] = 'Sääntöä %s ei voi asettaa tällaisena.';
$lang['rules_json'] = 'JSON-muodossa';
$lang['rules_json_read'] = 'Siirrä se lomakkeeseen';
$lang['rules_first_of'] = 'Ensimmäiset %s / %s nimen mukaan:';
$lang['rules_looked_at'] = 'Tarkasteltiin %1$s ensimmäistä käyttäjää (yhteensä %2$s).';
$lang['rules_without_codes'] = 'Käyttäjät, joilla on sääntöjen vaatima mutta ei varakoodeja: %d. Jos joku arvailee, kunnes tapa poistetaan käytöstä, heille ei jää mitään. Pyydä heitä luomaan uudet koodit.';
$lang['rule_title'] = 'Sääntö %s';
$lang['rule_add'] = 'Lisää sääntö';
$lang['rule_remove'] = 'Poista sääntö %s';
$lang['rule_kept'] = 'Tämä sääntö on asetettu muualla ja sanoo jotakin, mille tässä lomakkeessa ei ole kenttää. Se säilyy sellaisenaan.';
$lang['rule_whom'] = 'Ketä koskee';
$lang['rule_all'] = 'kaikkia';
$lang['rule_named'] = 'tässä mainittuja';
$lang['rule_except'] = 'Paitsi';
$lang['rule_roles'] = 'Roolit';
$lang['rule_role_administrator'] = 'ylläpitäjät';
$lang['rule_role_other'] = 'rooli, jota CMS:ssä ei ole';
$lang['rule_groups'] = 'Ryhmät';
$lang['rule_group_gone'] = 'tätä ryhmää ei enää ole (%s)';
$lang['rule_users'] = 'Käyttäjät';
$lang['rule_users_about'] = 'Käyttäjätunnuksina, pilkuilla erotettuina.';
$lang['rule_no_such_user'] = 'Kenelläkään ei ole tätä käyttäjätunnusta: %s.';
$lang['rule_for_nobody'] = 'Ketään ei ole mainittu. Valitse kaikki tai rooli, ryhmä tai käyttäjä.';
$lang['rule_missing_groups'] = 'Ryhmää ei enää ole: %s. Tämä osa säännöstä ei koske ketään.';
$lang['rule_missing_roles'] = 'CMS:ssä ei ole tätä roolia: %s. Tämä osa säännöstä ei koske ketään.';
$lang['rule_missing_users'] = 'Kenelläkään ei ole enää tätä numeroa: %s. Tämä osa säännöstä ei koske ketään.';
$lang['rule_level'] = 'Toinen tunnistautumistapa on';
$lang['rule_level_off'] = 'ei vaadittu (myöhempää varten)';
$lang['rule_level_encourage'] = 'ehdotettu';
$lang['rule_level_required'] = 'vaadittu armonpäivien jälkeen';
$lang['rule_level_required_now'] = 'vaadittu nyt';
$lang['rule_grace_days'] = 'Armonpäivät';
$lang['rule_grace_about'] = 'Ensimmäisestä säännön alaisesta kirjautumisesta alkaen. Niitä ei anneta koskaan kahdesti.';
$lang['rule_again_days'] = 'Ehdota uudelleen näin monen päivän jälkeen';
$lang['rule_days_wrong'] = 'Päivien määrä väliltä 1–366.';
$lang['rule_sign_in'] = 'Kuinka vahva tapa, kirjautumiseen';
$lang['rule_step_up_strength'] = 'Kuinka vahva tapa, muutosten vahvistamiseen';
$lang['rule_strength_any'] = 'mikä tahansa';
$lang['rule_strength_no_restricted'] = 'ei SMS, puhelu, WhatsApp, posti';
$lang['rule_strength_phishing_resistant'] = 'tietojenkalastelun kestävä (ei vielä: vaatii pääsyavaimia)';
$lang['rule_strength_same'] = 'kuten kirjautumiseen';
$lang['rules_are_set'] = 'Säännöt on asetettu. Ne ovat alla.';
$lang['rules_text_about'] = 'JSON-muodossa. "for" ja "except": "all" tai "roles" (administrator), "groups" ja "users" numeroineen. "level": off, encourage (ja "again_days"), required (ja "grace_days") tai required-now. "sign_in" ja "step_up": any tai no-restricted (ei tekstiviestillä, puhelulla, WhatsAppilla tai sähköpostilla).';
$lang['rules_save'] = 'Aseta nämä säännöt';
$lang['rules_remove'] = 'Poista säännöt';
$lang['rules_remove_confirm'] = 'Poistetaanko säännöt? Sen jälkeen kenenkään ei tarvitse ottaa mitään käyttöön niiden vuoksi. Kukaan ei menetä toista tunnistautumistapaa.';
$lang['rules_confirm'] = 'Asetetaanko nämä säännöt? Ketään kirjautunutta ei kirjata ulos. Vain nyt koodia odottavat kirjautumiset on aloitettava uudelleen.';
$lang['rules_set'] = 'Säännöt on asetettu.';
$lang['rules_removed'] = 'Säännöt on poistettu. Keneltäkään ei pyydetä niiden vuoksi mitään uutta.';
$lang['rules_wrong'] = 'Näitä sääntöjä ei voi asettaa.';
$lang['rules_unlicensed'] = 'Ilman kelpaavaa lisenssiä sääntöjä ei voi kokeilla eikä asettaa. Keneltäkään ei pyydetä uutta tunnistautumistapaa asetettujen vuoksi; käytössä olevaa kysytään edelleen.';
$lang['rules_would'] = 'Mitä nämä säännöt tekisivät tänään';
$lang['rules_do'] = 'Mitä säännöt tekevät tänään';
$lang['rules_nobody'] = 'Tämä ei koske ketään.';
$lang['col_rule_user'] = 'Käyttäjä';
$lang['col_rule_outcome'] = 'Seuraavassa kirjautumisessa';
$lang['col_rule_due'] = 'Vaaditaan alkaen';
$lang['rule_no_day'] = 'ei päivää';
$lang['rule_stopped'] = 'On otettava tunnistautumistapa käyttöön';
$lang['rule_grace'] = 'Armonajalla';
$lang['rule_encouraged'] = 'Näkee ehdotuksen';
$lang['rule_step_up'] = 'Ei koske; on otettava tapa käyttöön seuraavassa tunnistautumistapojen muutoksessa';
$lang['encouraged_title'] = 'Suojaa tilisi';
$lang['encouraged_about'] = 'Kun käytössä on toinen tunnistautumistapa, varastettu salasana ei riitä kirjautumiseen nimissäsi. Käyttöönotto vie minuutin.';
$lang['encouraged_stronger'] = 'Sinulla on toinen tunnistautumistapa. Todennussovellus suojaa tilisi paremmin kuin tekstiviestinä, puheluna tai sähköpostitse tulevat koodit.';
$lang['encouraged_set_up'] = 'Ota käyttöön nyt';
$lang['encouraged_later'] = 'Myöhemmin';
$lang['log_rules_set'] = 'Säännöt toisen tunnistautumistavan vaatimisesta asetettu';
$lang['log_rules_removed'] = 'Säännöt toisen tunnistautumistavan vaatimisesta poistettu';

// -- trusted devices ----------------------------------------------------------------------------------

$lang['own_devices'] = 'Luotetut selaimet';
$lang['of_user_devices'] = 'Selaimet, joihin tämä käyttäjä luottaa';
$lang['devices_title'] = 'Selaimet, joihin luotat';
$lang['devices_about'] = 'Näissä pelkkä salasanasi riittää kirjautumiseen mainittuun päivään asti. Jos et tunne jotakin niistä, tai jos luotit tähän selaimeen eikä minkään nimi ole ”Tämä”, jollakulla voi olla kopio: poista kaikki ja vaihda salasanasi. Jokainen tapojesi tai salasanasi muutos poistaa ne kaikki.';
$lang['devices_none'] = 'Mihinkään selaimeen ei luoteta.';
$lang['devices_of'] = 'Luotetut selaimet, käyttäjä';
$lang['devices_of_about'] = 'Selaimen poistaminen ei vie tunnistautumistapoja: käyttäjältä kysytään siinä taas koodia. Samalla lopetetaan kirjautumiset, jotka ovat tulleet mistä tahansa luotetusta selaimesta.';
$lang['col_trusted'] = 'Luotettu alkaen';
$lang['col_used'] = 'Viimeksi käytetty';
$lang['col_until'] = 'Päättyy';
$lang['col_remove'] = 'Poista';
$lang['device_now'] = 'Tämä';
$lang['device_end'] = 'Poista';
$lang['device_ended'] = 'Kyseiseen selaimeen ei enää luoteta. Luotetuista selaimista tulleet kirjautumiset on lopetettu.';
$lang['devices_end'] = 'Poista kaikki';
$lang['devices_end_confirm'] = 'Poistetaanko kaikki selaimet, joihin luotat? Sinulta kysytään koodia jokaisessa.';
$lang['devices_end_user_confirm'] = 'Poistetaanko kaikki selaimet, joihin tämä käyttäjä luottaa?';
$lang['devices_ended'] = 'Mihinkään selaimeen ei enää luoteta. Luotetuista selaimista tulleet kirjautumiset on lopetettu.';
$lang['devices_reason'] = 'Syy, kaikkien poistamiseen';
$lang['log_devices_ended'] = 'Luotetut selaimet poistettu: %s';
$lang['tab_devices'] = 'Luotetut selaimet';
$lang['device_days_about'] = 'Joka on antanut oikean koodin, voi luottaa siihen selaimeen: seuraavissa kirjautumisissa siinä riittää salasana. Tapojen muutoksiin tarvitaan silti koodi, ja jokainen tapojen, salasanan tai ryhmien muutos päättää luottamuksen.';
$lang['device_days_now'] = 'Selaimeen saa luottaa enintään %s.';
$lang['device_days_none'] = 'Selaimiin ei saa nyt luottaa.';
$lang['device_days_insecure'] = 'Selaimiin luotetaan vain HTTPS-yhteydellä, ja tämä sivu avattiin ilman sitä.';
$lang['device_days'] = 'Päiviä';
$lang['device_days_hint'] = '0–30; 0: mihinkään selaimeen ei luoteta. Tyhjä: kuten php.ini sanoo, tai 30. Missä twofactor.profile on strict: 0 tai 1. Se koskee myös jo luotettuja selaimia.';
$lang['device_days_save'] = 'Tallenna';
$lang['device_days_wrong'] = 'Päivät ovat luku väliltä 0–30, ja 0 tai 1, missä twofactor.profile on strict.';
$lang['device_days_set'] = 'Päivät on tallennettu.';
$lang['log_device_days'] = 'Päivät, joiden ajan selaimiin saa luottaa, asetettu: %s';



// -- network rules ------------------------------------------------------------------------------------

$lang['tab_networks'] = 'Verkot';
$lang['networks_title'] = 'Verkot';
$lang['networks_about'] = 'Mistä toisiin tunnistautumistapoihin vastataan ja koodeja pyydetään. Muualta kysyvälle vastataan kuin jokaiselle, jonka koodi on väärä. Luettelot sekä osoitteiden ja aliverkkojen rajat ovat voimassa, missä ne ovatkin asetettu. Muut alla olevat luvut ovat voimassa, kun on lisenssiavain, ja jatkuvat lisenssin päättyessä.';
$lang['networks_none'] = 'Luetteloa ei ole asetettu: toisiin tunnistautumistapoihin vastataan kaikkialta.';
$lang['networks_unknown'] = 'Luettelo on asetettu, eikä nyt voida sanoa, onko se voimassa. Katso ”Kunto”.';
$lang['networks_alarms'] = 'Arvailu viimeisten kolmen päivän aikana';
$lang['networks_no_alarms'] = 'Hälytyksiä ei ole ollut.';
$lang['networks_audit'] = 'Kaikki tapahtumat tapahtumalokissa';
$lang['networks_settings'] = 'Asetukset';
$lang['networks_settings_about'] = 'Ne asetetaan palvelimella, tiedostossa php.ini tai ympäristössä, joten kukaan, joka kaappaa täällä kirjautumisen, ei voi muuttaa niitä. Luettelo on teksti pilkkuineen tai sellaisen tiedoston polku, jossa on yksi osoite tai alue riville.';
$lang['networks_unset'] = 'ei asetettu';
$lang['networks_docs'] = 'Kuvattu laajennuksen tiedostossa README.md, ”Configuration” ja ”Rules about networks and guessing”; mitä tehdä hyökkäyksessä, tiedostossa docs/operations.md.';
$lang['col_network_setting'] = 'Asetus';
$lang['col_network_value'] = 'Arvo';
$lang['col_network_about'] = 'Mitä se tekee';
$lang['about_network_allow'] = 'Vain näistä verkoista.';
$lang['about_network_deny'] = 'Ei näistä verkoista.';
$lang['about_network_address_failures'] = 'Väärät vastaukset yhdestä osoitteesta tunnissa, mille tahansa tileille; 0: ei rajaa.';
$lang['about_network_subnet_failures'] = 'Sama yhdestä aliverkosta.';
$lang['about_network_address_sends'] = 'Yhdestä osoitteesta tunnissa pyydetyt koodit; 0: ei rajaa.';
$lang['about_network_subnet_sends'] = 'Sama yhdestä aliverkosta.';
$lang['about_max_failures_all_methods'] = 'Väärät vastaukset kaikilla tavoilla yhteensä, yhdelle tilille yhdestä verkosta päivässä; 0: niin monta kuin kukin tapa sallii.';
$lang['about_after_failures'] = 'Väärät vastaukset yhdelle tilille päivässä paikoista, joissa sen käyttäjä ei ole koskaan ollut, ennen kuin pyydetään uusi salasana; 0: ei koskaan.';
$lang['about_alarm_accounts'] = 'Kuinka monella tilillä vastaukset ovat vääriä tunnin aikana, ennen kuin se on hälytys; 0: ei koskaan.';
$lang['about_alarm_networks'] = 'Kuinka monesta verkosta; 0: ei koskaan.';

// -- figures ------------------------------------------------------------------------------------------

$lang['tab_figures'] = 'Tilastot';
$lang['figures_accounts'] = 'Tilit';
$lang['figures_all_accounts'] = 'Kaikki tilit:';
$lang['figures_enrolled'] = 'Toinen tunnistautumistapa käytössä';
$lang['figures_strong'] = 'Käytössä muu kuin tekstiviesti, puhelu, WhatsApp tai sähköposti';
$lang['figures_due'] = 'On otettava käyttöön, ei vielä tehty';
$lang['figures_overdue'] = 'On otettava käyttöön, aika on päättynyt';
$lang['figures_locked'] = 'Jokin tapa estetty';
$lang['figures_disabled'] = 'Käytöstä poistetut tavat';
$lang['figures_without_codes'] = 'Ilman varakoodia';
$lang['figures_unused'] = 'Tapa, jota ei ole käytetty 180 päivään';
$lang['figures_unreadable'] = 'Ei voida avata: katso ”Kunto”';
$lang['figures_counted'] = 'Tapahtumat on laskettu tähän asti. Päivät alkavat ja päättyvät UTC-ajassa.';
$lang['figures_counting'] = 'Tapahtumia lasketaan vielä: joitakin päiviä puuttuu. Lataa tämä sivu hetken kuluttua uudelleen.';
$lang['figures_accounts_at'] = 'Tilit tarkasteltu: %s.';
$lang['figures_no_accounts'] = 'Tilejä tarkastellaan ensimmäistä kertaa. Lataa tämä sivu hetken kuluttua uudelleen.';
$lang['figures_period'] = 'Ajanjakso:';
$lang['figures_table'] = 'Näytä taulukkona';
$lang['figures_nothing'] = 'Ei mitään tällä ajanjaksolla.';
$lang['figures_adoption'] = 'Tilit, joilla on toinen tunnistautumistapa';
$lang['figures_chart_challenges'] = 'Kirjautumiset';
$lang['figures_chart_failures'] = 'Väärät vastaukset';
$lang['figures_chart_blocked'] = 'Estot';
$lang['figures_chart_enrolments'] = 'Otettu käyttöön ja poistettu';
$lang['figures_chart_codes_sent'] = 'Lähetetyt koodit';
$lang['figures_chart_network_refusals'] = 'Verkkosääntöjen hylkäämät';
$lang['figures_challenges'] = 'Toista tunnistautumistapaa kysytty';
$lang['figures_sign_ins'] = 'Kirjauduttu';
$lang['figures_failures'] = 'Väärät vastaukset';
$lang['figures_blocked'] = 'Estetty';
$lang['figures_enrolments'] = 'Otettu käyttöön';
$lang['figures_removals'] = 'Poistettu';
$lang['figures_codes_sent'] = 'Lähetetty';
$lang['figures_codes_failed'] = 'Ei lähetetty';
$lang['figures_network_refusals'] = 'Hylätty';
$lang['figures_methods'] = 'Tavat';
$lang['figures_device'] = 'Luotettu selain';
$lang['figures_delivery'] = 'Koodit puhelimeen';
$lang['figures_delivery_about'] = 'Mitä palveluntarjoajat ovat tehneet ensimmäisestä pyynnöstä alkaen. Kustannukset ovat niiden ilmoittamia.';
$lang['figures_sent'] = 'Lähetetty';
$lang['figures_not_sent'] = 'Ei lähetetty';
$lang['figures_cost'] = 'Kustannukset';
$lang['figures_messages'] = 'Maat';
$lang['figures_messages_about'] = 'Viimeisten 30 päivän viestit numeron maatunnuksen mukaan, enintään 20 000.';
$lang['figures_delivered'] = 'Toimitettu';
$lang['figures_undelivered'] = 'Epäonnistui';
$lang['figures_networks'] = 'Verkot, joista tuli eniten vääriä vastauksia';
$lang['figures_networks_about'] = 'Tämän ajanjakson kuukausilta. Jos verkkoja on paljon, luku voi olla liian suuri, mutta ei enempää kuin viimeinen sarake kertoo.';
$lang['figures_surplus'] = 'Mahdollisesti liikaa';
$lang['figures_files'] = 'Lataa';
$lang['figures_files_about'] = 'Taulukot ovat taulukkolaskennan tiedostoja (CSV). JSON sisältää kaiken.';
$lang['figures_csv_days'] = 'Päivät (CSV)';
$lang['figures_csv_accounts'] = 'Tilit ajan mittaan (CSV)';
$lang['figures_csv_messages'] = 'Maat (CSV)';
$lang['figures_csv_networks'] = 'Verkot (CSV)';
$lang['figures_json'] = 'Kaikki (JSON)';
$lang['col_figures_what'] = 'Tilit';
$lang['col_figures_share'] = 'Osuus';
$lang['col_figures_picture'] = 'Osuuden kuva';
$lang['col_figures_day'] = 'Päivä';
$lang['col_figures_country'] = 'Maatunnus';
$lang['col_figures_network'] = 'Verkko';

// -- events -------------------------------------------------------------------------------------------

$lang['tab_events'] = 'Tapahtumat';
$lang['col_severity'] = 'Kiireellisyys';
$lang['severity_info'] = 'Kaikki';
$lang['severity_notice'] = 'Huomautukset ja vakavammat';
$lang['severity_warning'] = 'Varoitukset ja vakavammat';
$lang['severity_error'] = 'Virheet ja vakavammat';
$lang['severity_alert'] = 'Vain hälytykset';
$lang['events_from'] = 'Alkaen';
$lang['events_until'] = 'Asti';
$lang['events_no_user'] = 'Tämännimistä käyttäjää ei ole.';
$lang['events_no_day'] = 'Anna päivät muodossa 2027-01-31.';
$lang['events_looked_back_to'] = 'Haettu taaksepäin: %s. ”Vanhemmat” jatkaa siitä.';
$lang['events_files_about'] = 'Kaikki tapahtumat, jotka tämä suodatin löytää, uusimmat ensin, niillä tiedoilla, jotka tämä sivu näyttää. CSV on taulukkolaskentaa varten; JSON-riveissä on yksi tapahtuma rivillä.';
$lang['events_file_csv'] = 'Löydetyt tapahtumat (CSV)';
$lang['events_file_jsonl'] = 'Löydetyt tapahtumat (JSON-rivit)';
$lang['events_incomplete'] = 'Tämä tiedosto ei ole täydellinen: tietovarastoa ei voitu lukea pidemmälle.';
$lang['log_events_taken'] = 'Tapahtumaluettelo ladattu';

// -- saved filters ------------------------------------------------------------------------------------

$lang['filters'] = 'Tallennetut suodattimet';
$lang['filter_save_this'] = 'Tallenna tämä suodatin';
$lang['filter_name'] = 'Suodattimen nimi';
$lang['filter_save'] = 'Tallenna';
$lang['filter_remove'] = 'Poista';
$lang['filter_saved'] = 'Suodatin on tallennettu.';
$lang['filter_removed'] = 'Suodatin on poistettu.';
$lang['filter_no_name'] = 'Antakaa suodattimelle nimi.';
$lang['filter_empty'] = 'Tallennettavaa ei ole: valitkaa ensin, mitä haetaan.';
$lang['filter_too_long'] = 'Nimessä ja kussakin hakuehdossa saa olla enintään %d merkkiä.';
$lang['filter_too_many'] = 'Tällä sivulla on jo %d tallennettua suodatinta, joka on enimmäismäärä: poistakaa ensin yksi.';

// -- many users ---------------------------------------------------------------------------------------

$lang['tab_people'] = 'Monta käyttäjää';
$lang['people_state_all'] = 'Kaikki';
$lang['people_state_without'] = 'Ilman toista tunnistautumistapaa';
$lang['people_state_due'] = 'On otettava sellainen käyttöön';
$lang['people_state_locked'] = 'Estetty joksikin aikaa';
$lang['people_state_disabled'] = 'Jokin tapa poistettu käytöstä';
$lang['people_state_codeless'] = 'Ilman varakoodia';
$lang['people_state_unreadable'] = 'Tiliä ei voida avata';
$lang['people_what'] = 'Merkityille';
$lang['people_act_require'] = 'Vaadi toinen tunnistautumistapa';
$lang['people_act_unlock'] = 'Pura esto';
$lang['people_act_end'] = 'Lopeta kaikki kirjautumiset';
$lang['people_act_reset'] = 'Poista kaikki tunnistautumistavat';
$lang['people_about_require'] = 'Tästä lähtien nämä käyttäjät eivät voi viimeistellä kirjautumista ottamatta käyttöön toista tunnistautumistapaa, uudelleen, jos sellainen on.';
$lang['people_about_unlock'] = 'Näiden käyttäjien estot päättyvät heti.';
$lang['people_about_end'] = 'Nämä käyttäjät kirjataan ulos kaikkialta, eikä heidän selaimiinsa enää luoteta.';
$lang['people_about_reset'] = 'Näiden käyttäjien kaikki tunnistautumistavat ja koodit poistetaan: he kirjautuvat pelkällä salasanalla, kunnes ottavat uudet käyttöön.';
$lang['people_look'] = 'Ketä tämä koskee?';
$lang['people_do'] = 'Tee se nyt';
$lang['people_back'] = 'Takaisin luetteloon';
$lang['people_no_act'] = 'Valitse, mitä tehdään.';
$lang['people_nobody'] = 'Merkitse ainakin yksi käyttäjä.';
$lang['people_too_many'] = 'Merkitse enintään %d käyttäjää.';
$lang['people_none_of_them'] = 'Sitä ei voi tehdä kenellekään heistä.';
$lang['people_gone'] = 'ei ole enää käyttäjä';
$lang['people_yourself'] = 'olet sinä: käytä omaa sivuasi';
$lang['people_unavailable'] = 'tiliin ei saatu yhteyttä tai sitä ei voitu avata: katso ”Kunto”';
$lang['people_looked_at'] = 'Tätä sivua varten tarkasteltuja käyttäjiä: %d.';
$lang['people_failed'] = 'Ei tehty: %d';
$lang['people_done'] = 'Tehty: %d';
$lang['people_why'] = 'Miksi';
