<?php

/*
 * Texts of TwoFactorPro. Those of its pages that TwoFactor has, too, are in its file, and none is in both.
 * What belongs together stands in one part; add a part of your own below.
 */

// -- the module ---------------------------------------------------------------------------------------

$lang['pro_friendlyname'] = 'Dos factores Pro';
$lang['pro_description'] = 'Lo que un sitio con muchos usuarios necesita además: añade sus páginas a los dos factores y necesita una licencia.';
$lang['pro_help'] = '<p>Añade sus páginas a <em>Administración del sitio, Administración de dos factores, Premium</em>. Introduzca allí la clave de licencia. Todo lo que mantiene segura una cuenta está en el módulo TwoFactor, sin licencia. Cuando una licencia termina, o se quita este módulo, a nadie se le impide iniciar sesión y nadie pierde un segundo factor.</p><p>La licencia la renuevan las tareas de CMS Made Simple (CmsJobManager). Donde no se ejecutan, se renueva cuando un administrador abre la página.</p><h3>Permisos</h3><p>Los administradores los tienen todos. En <em>Grupos</em> otra persona recibe una parte:</p><ul><li><code>help_twofactor_users</code>: buscar usuarios, desbloquearlos, emitir un código temporal, terminar sus sesiones y navegadores de confianza. Ni ajustes ni auditoría.</li><li><code>read_twofactor_audit</code>: leer la auditoría y buscar en ella. Nada más.</li><li><code>manage_twofactor_settings</code>: los ajustes, las reglas sobre quién necesita un segundo factor, los navegadores de confianza, exigir a todos que configuren uno.</li><li><code>manage_twofactor_providers</code>: los proveedores de códigos y los textos. Lo que se guarda espera hasta que un administrador lo haya confirmado.</li><li><code>manage_twofactor_premium</code>: la licencia y las estadísticas.</li></ul><p>Nadie actúa sobre alguien que puede hacer más. Cuentan mientras cuente una licencia; sin ella, <code>manage_twofactor</code> hace todo lo que hacía.</p>';
$lang['pro_installed'] = 'Dos factores Pro está instalado. Introduzca la clave de licencia en «Administración del sitio», «Administración de dos factores», «Premium».';
$lang['pro_install_without'] = 'Primero debe estar instalado y activo el módulo TwoFactor 4.0.0 o posterior.';
$lang['pro_install_folder'] = 'PHP debe poder escribir en la carpeta %s, ya que el CMS pone allí un archivo.';
$lang['pro_uninstall_ask'] = '¿Desinstalar Dos factores Pro? Se olvida lo ajustado en sus páginas, y la clave de licencia. Nadie queda excluido. Los navegadores de confianza y las reglas sobre quién necesita un segundo factor se detienen; lo ajustado sobre redes sigue.';
$lang['pro_uninstall_prove'] = 'Desinstalar quita lo que está dispuesto para todos: confirme primero que es usted, en «Mis preferencias», «Autenticación de dos factores», y desinstale en un plazo de cinco minutos.';
$lang['pro_uninstall_rules'] = 'Hay reglas sobre quién necesita un segundo factor, y se detendrían con él: quítelas primero, en «Dos factores», «Premium», «Reglas». Quien no puede hacer eso tampoco puede desinstalarlo.';
$lang['pro_uninstalled'] = 'Dos factores Pro está desinstalado. Nadie queda excluido. Los navegadores de confianza y las reglas sobre quién necesita un segundo factor se detienen; lo ajustado sobre redes sigue.';
$lang['permission_help'] = 'Dos factores: ayudar a los usuarios (desbloquear, código temporal, terminar sesiones)';
$lang['permission_audit'] = 'Dos factores: leer la auditoría';
$lang['permission_settings'] = 'Dos factores: gestionar los ajustes y las reglas';
$lang['permission_providers'] = 'Dos factores: gestionar los proveedores y los textos';
$lang['permission_premium'] = 'Dos factores: gestionar la licencia, ver las estadísticas';

// -- the licence --------------------------------------------------------------------------------------

$lang['licence_title'] = 'Licencia';
$lang['licence_state_none'] = 'Sin licencia';
$lang['licence_state_valid'] = 'Válida';
$lang['licence_state_grace'] = 'No renovada: días de gracia';
$lang['licence_state_expired'] = 'Terminada';
$lang['licence_state_refused'] = 'No cuenta';
$lang['licence_plan'] = 'Incluye';
$lang['licence_plan_pro'] = 'Dos factores Pro, todo, para un sitio';
$lang['licence_domain'] = 'Para';
$lang['licence_id'] = 'Número';
$lang['licence_until'] = 'Renovada hasta';
$lang['licence_grace_until'] = 'Sigue hasta';
$lang['licence_renewed_about'] = 'Una licencia se renueva sola, dos veces al día. «Sigue hasta» indica cuánto dura si nadie responde.';
$lang['licence_none_about'] = 'Sin licencia no falta nada de lo que mantiene segura una cuenta.';
$lang['licence_renew'] = 'Renovar ahora';
$lang['licence_renewed'] = 'Se ha preguntado a la pasarela, o se le preguntó hace menos de un minuto. La licencia es válida.';
$lang['licence_none_counts'] = 'No hay ninguna licencia que cuente. Nadie queda excluido. Los navegadores de confianza y las reglas sobre quién necesita un segundo factor se detienen; lo ajustado sobre redes sigue.';
$lang['licence_enter'] = 'Introducir la clave de licencia';
$lang['licence_change'] = 'Cambiar la licencia';
$lang['licence_keeps_rules'] = 'Hay reglas sobre quién necesita un segundo factor, y sin esta licencia no piden nada a nadie: la cambia quien puede cambiar las reglas.';
$lang['licence_key'] = 'Clave de licencia';
$lang['licence_key_about'] = 'Tal como llegó con su licencia. Se guarda cifrada y no se vuelve a mostrar.';
$lang['licence_site'] = 'Dirección de este sitio';
$lang['licence_site_about'] = 'La licencia se pide para su host, sin «www.», y para nada más: compruebe que sea el que compró. Se guarda junto a la clave.';
$lang['licence_site_set'] = 'Está puesta en el servidor: twofactor.site_url en php.ini, o twofactor_site_url en config.php.';
$lang['licence_site_wrong'] = 'Introduzca la dirección de este sitio, como https://www.example.com.';
$lang['licence_key_missing'] = 'Introduzca la clave de licencia.';
$lang['licence_key_save'] = 'Guardar la clave';
$lang['licence_entered'] = 'La clave de licencia está guardada y la licencia es válida.';
$lang['licence_not_taken'] = 'Con esta clave no hay licencia ahora. Si antes había una válida, sigue contando.';
$lang['licence_forget'] = 'Olvidar la clave';
$lang['licence_forget_confirm'] = '¿Olvidar la clave de licencia? Lo premium termina enseguida. Nadie queda excluido. Los navegadores de confianza y las reglas sobre quién necesita un segundo factor se detienen; lo ajustado sobre redes sigue.';
$lang['licence_forgotten'] = 'La clave de licencia está olvidada.';
$lang['licence_no_gateway'] = 'Nadie ha dicho aún de dónde vienen las licencias: ponga twofactor.licence_url y twofactor.licence_public_keys en php.ini, tal como llegaron con su licencia.';
$lang['licence_grace'] = 'Días de gracia';
$lang['licence_grace_days'] = 'Días';
$lang['licence_grace_about'] = 'Cuánto sigue una licencia cuando no se puede preguntar a nadie por la siguiente: de 0 a 60; vacío: 14.';
$lang['licence_grace_save'] = 'Guardar los días';
$lang['licence_grace_wrong'] = 'Los días de gracia son un número de 0 a 60.';
$lang['licence_grace_set'] = 'Los días de gracia están guardados.';
$lang['log_licence_entered'] = 'Clave de licencia introducida';
$lang['log_licence_forgotten'] = 'Clave de licencia olvidada';
$lang['log_licence_grace'] = 'Días de gracia de la licencia puestos: %s';

// -- enforcement --------------------------------------------------------------------------------------

$lang['tab_enforcement'] = 'Reglas';
$lang['rules_title'] = 'Quién necesita un segundo factor';
$lang['rules_about'] = 'De las reglas que se aplican a alguien cuenta la más estricta. A quien tiene que configurar algo se le lleva a ello al iniciar sesión, y a ningún otro sitio antes de que esté hecho.';
$lang['rules_try_first'] = 'Mire primero a quién detendrían, lo que no establece nada; después puede establecerlas.';
$lang['rules_none'] = 'No hay reglas establecidas. Abajo hay un ejemplo.';
$lang['rules_unsaved'] = 'Lo de abajo aún no está establecido.';
$lang['rules_text'] = 'Reglas como JSON';
$lang['rules_try'] = '¿A quién detendría esto hoy?';
$lang['rules_missing'] = 'Añada una regla. Para no tener ninguna, quite las reglas establecidas.';
$lang['rules_errors'] = 'Algo no es correcto en estas reglas; se dice donde está. No se ha cambiado nada.';
$lang['rules_cut_off'] = 'No han llegado todas estas reglas: el servidor no acepta un formulario tan largo. No se ha cambiado nada; aumente max_input_vars en php.ini.';
$lang['rules_changed_meanwhile'] = 'Alguien ha cambiado las reglas desde que se abrió esta página. No se ha cambiado nada. Lo de abajo es suyo: establézcalo otra vez para ponerlo en lugar de lo otro.';
$lang['rules_look_first'] = 'Aún no se ha cambiado nada. Mire qué harían hoy estas reglas y después establézcalas.';
$lang['rules_not_json'] = 'Eso no es una política: un objeto con «rules», una lista de objetos.';
$lang['rules_not_shown'] = 'Las reglas establecidas se escribieron para otra versión, y esta página no puede mostrarlas como formulario.';
$lang['rules_no_method'] = 'Estas reglas piden un factor que aquí nadie puede configurar. No se ha cambiado nada.';
$lang['rules_not_proven'] = 'Estas reglas le piden más de lo que acaba de probar, y usted sería la primera persona a la que detienen. Configure un factor tan fuerte como piden, confirme con él y establézcalas entonces. No se ha cambiado nada.';
$lang['rules_no_passkeys'] = 'Aún no se puede pedir nada resistente al phishing: para ello hacen falta claves de acceso, que esta versión no tiene.';
$lang['rules_wrong_at'] = 'La regla %s no se puede establecer tal como está.';
$lang['rules_json'] = 'Como JSON';
$lang['rules_json_read'] = 'Pasarlo al formulario';
$lang['rules_first_of'] = 'Los primeros %s de %s por nombre:';
$lang['rules_looked_at'] = 'De %2$s usuarios se examinaron los primeros %1$s.';
$lang['rules_without_codes'] = 'Usuarios que tienen lo que piden estas reglas y ningún código de respaldo: %d. Si alguien prueba a adivinar hasta que se desactive, no les queda nada. Pídales que creen códigos nuevos.';
$lang['rule_title'] = 'Regla %s';
$lang['rule_add'] = 'Añadir una regla';
$lang['rule_remove'] = 'Quitar la regla %s';
$lang['rule_kept'] = 'Esta regla se estableció en otro lugar y dice algo para lo que este formulario no tiene campo. Se queda como está.';
$lang['rule_whom'] = 'Para quién';
$lang['rule_all'] = 'todos';
$lang['rule_named'] = 'quienes se nombran aquí';
$lang['rule_except'] = 'Excepto';
$lang['rule_roles'] = 'Roles';
$lang['rule_role_administrator'] = 'administradores';
$lang['rule_role_other'] = 'un rol que el CMS no tiene';
$lang['rule_groups'] = 'Grupos';
$lang['rule_group_gone'] = 'ese grupo ya no existe (%s)';
$lang['rule_users'] = 'Usuarios';
$lang['rule_users_about'] = 'Por sus nombres de usuario, separados por comas.';
$lang['rule_no_such_user'] = 'Nadie tiene este nombre de usuario: %s.';
$lang['rule_for_nobody'] = 'No se nombra a nadie. Elija todos, o un rol, un grupo o un usuario.';
$lang['rule_missing_groups'] = 'Ese grupo ya no existe: %s. Esa parte de la regla no es para nadie.';
$lang['rule_missing_roles'] = 'El CMS no tiene ese rol: %s. Esa parte de la regla no es para nadie.';
$lang['rule_missing_users'] = 'Nadie tiene ya este número: %s. Esa parte de la regla no es para nadie.';
$lang['rule_level'] = 'Un segundo factor se';
$lang['rule_level_off'] = 'no pide (guardado para después)';
$lang['rule_level_encourage'] = 'sugiere';
$lang['rule_level_required'] = 'exige, tras unos días de gracia';
$lang['rule_level_required_now'] = 'exige ahora';
$lang['rule_grace_days'] = 'Días de gracia';
$lang['rule_grace_about'] = 'Desde el primer inicio de sesión bajo la regla. Nunca se dan dos veces.';
$lang['rule_again_days'] = 'Sugerirlo de nuevo después de tantos días';
$lang['rule_days_wrong'] = 'Un número de días de 1 a 366.';
$lang['rule_sign_in'] = 'Qué fuerza de factor, para iniciar sesión';
$lang['rule_step_up_strength'] = 'Qué fuerza de factor, para confirmar cambios';
$lang['rule_strength_any'] = 'cualquiera';
$lang['rule_strength_no_restricted'] = 'sin SMS, voz, WhatsApp, correo';
$lang['rule_strength_phishing_resistant'] = 'resistente al phishing (aún no: requiere claves de acceso)';
$lang['rule_strength_same'] = 'como para iniciar sesión';
$lang['rules_are_set'] = 'Hay reglas establecidas. Están abajo.';
$lang['rules_text_about'] = 'Como JSON. "for" y "except": "all", o "roles" (administrator), "groups" y "users" por sus números. "level": off, encourage (con "again_days"), required (con "grace_days") o required-now. "sign_in" y "step_up": any, o no-restricted (nada por SMS, llamada, WhatsApp o correo electrónico).';
$lang['rules_save'] = 'Establecer estas reglas';
$lang['rules_remove'] = 'Quitar las reglas';
$lang['rules_remove_confirm'] = '¿Quitar las reglas? Desde entonces nadie tiene que configurar nada por ellas. Nadie pierde un segundo factor.';
$lang['rules_confirm'] = '¿Establecer estas reglas? A nadie que tenga la sesión iniciada se le cierra. Solo hay que empezar de nuevo los inicios de sesión que ahora esperan un código.';
$lang['rules_set'] = 'Las reglas están establecidas.';
$lang['rules_removed'] = 'Las reglas se han quitado. A nadie se le pide nada nuevo por ellas.';
$lang['rules_wrong'] = 'Estas reglas no se pueden establecer.';
$lang['rules_unlicensed'] = 'Sin una licencia que cuente no se pueden probar ni establecer reglas. A nadie se le pide un factor nuevo por las que están establecidas; lo que está configurado se sigue pidiendo.';
$lang['rules_would'] = 'Qué harían hoy estas reglas';
$lang['rules_do'] = 'Qué hacen hoy las reglas';
$lang['rules_nobody'] = 'No afecta a nadie.';
$lang['col_rule_user'] = 'Usuario';
$lang['col_rule_outcome'] = 'En el próximo inicio de sesión';
$lang['col_rule_due'] = 'Exigido desde';
$lang['rule_no_day'] = 'ningún día';
$lang['rule_stopped'] = 'Tiene que configurar un factor';
$lang['rule_grace'] = 'En plazo de gracia';
$lang['rule_encouraged'] = 'Ve la sugerencia';
$lang['rule_step_up'] = 'No afectado; tiene que configurar un factor en el próximo cambio de factores';
$lang['encouraged_title'] = 'Proteja su cuenta';
$lang['encouraged_about'] = 'Con un segundo factor, una contraseña robada no basta para iniciar sesión en su nombre. Configurarlo lleva un minuto.';
$lang['encouraged_stronger'] = 'Tiene un segundo factor. Una aplicación de autenticación protege su cuenta mejor que los códigos por SMS, llamada o correo electrónico.';
$lang['encouraged_set_up'] = 'Configurarlo ahora';
$lang['encouraged_later'] = 'Más tarde';
$lang['log_rules_set'] = 'Reglas sobre quién necesita un segundo factor establecidas';
$lang['log_rules_removed'] = 'Reglas sobre quién necesita un segundo factor quitadas';

// -- trusted devices ----------------------------------------------------------------------------------

$lang['own_devices'] = 'Navegadores de confianza';
$lang['of_user_devices'] = 'Navegadores en los que confía este usuario';
$lang['devices_title'] = 'Navegadores en los que confía';
$lang['devices_about'] = 'En estos basta su contraseña para iniciar sesión, hasta el día que se indica. Si no conoce alguno, o si confió en este navegador y ninguno se llama «Este», alguien puede tener una copia: quítelos todos y cambie su contraseña. Cada cambio de sus métodos o de su contraseña los quita todos.';
$lang['devices_none'] = 'No se confía en ningún navegador.';
$lang['devices_of'] = 'Navegadores de confianza de';
$lang['devices_of_about'] = 'Quitar un navegador no quita ningún factor: allí se vuelve a pedir un código al usuario. Con ello se cierran las sesiones que vinieron de cualquier navegador de confianza.';
$lang['col_trusted'] = 'De confianza desde';
$lang['col_used'] = 'Último uso';
$lang['col_until'] = 'Hasta';
$lang['col_remove'] = 'Quitar';
$lang['device_now'] = 'Este';
$lang['device_end'] = 'Quitar';
$lang['device_ended'] = 'Ya no se confía en ese navegador. Se han cerrado las sesiones que vinieron de navegadores de confianza.';
$lang['devices_end'] = 'Quitarlos todos';
$lang['devices_end_confirm'] = '¿Quitar todos los navegadores en los que confía? Se le pedirá un código en cada uno.';
$lang['devices_end_user_confirm'] = '¿Quitar todos los navegadores en los que confía este usuario?';
$lang['devices_ended'] = 'Ya no se confía en ningún navegador. Se han cerrado las sesiones que vinieron de navegadores de confianza.';
$lang['devices_reason'] = 'Motivo, para quitarlos todos';
$lang['log_devices_ended'] = 'Navegadores de confianza de %s quitados';
$lang['tab_devices'] = 'Navegadores de confianza';
$lang['device_days_about'] = 'Quien ha dado un código correcto puede confiar en ese navegador: para los próximos inicios de sesión basta allí la contraseña. Los cambios de métodos siguen pidiendo un código, y cada cambio de métodos, contraseña o grupos acaba con la confianza.';
$lang['device_days_now'] = 'Se puede confiar en un navegador durante %s.';
$lang['device_days_none'] = 'Ahora no se puede confiar en ningún navegador.';
$lang['device_days_insecure'] = 'Solo se confía en navegadores por HTTPS, y esta página se ha abierto sin él.';
$lang['device_days'] = 'Días';
$lang['device_days_hint'] = 'De 0 a 30; 0: no se confía en ningún navegador. Vacío: como diga php.ini, o 30. Donde twofactor.profile es strict: 0 o 1. Vale también para los navegadores en los que ya se confía.';
$lang['device_days_save'] = 'Guardar';
$lang['device_days_wrong'] = 'Los días son un número de 0 a 30, y 0 o 1 donde twofactor.profile es strict.';
$lang['device_days_set'] = 'Los días están guardados.';
$lang['log_device_days'] = 'Días durante los que se puede confiar en navegadores puestos: %s';



// -- network rules ------------------------------------------------------------------------------------

$lang['tab_networks'] = 'Redes';
$lang['networks_title'] = 'Redes';
$lang['networks_about'] = 'Desde dónde se responde a los segundos factores y se piden códigos. Quien pregunta desde otro lugar recibe la misma respuesta que todo el que escribe un código incorrecto. Las listas y los límites de direcciones y subredes cuentan dondequiera que estén puestos. Los demás números de abajo cuentan donde hay una clave de licencia, y siguen cuando la licencia termina.';
$lang['networks_none'] = 'No hay ninguna lista: los segundos factores se responden desde cualquier parte.';
$lang['networks_unknown'] = 'Hay una lista, y ahora no se puede decir si cuenta. Vea «Estado».';
$lang['networks_alarms'] = 'Intentos de adivinar, en los últimos tres días';
$lang['networks_no_alarms'] = 'No hubo ninguna alarma.';
$lang['networks_audit'] = 'Todos los eventos de la auditoría';
$lang['networks_settings'] = 'Ajustes';
$lang['networks_settings_about'] = 'Se ponen en el servidor, en php.ini o en el entorno, así que nadie que se haga con un acceso aquí puede cambiarlos. Una lista es un texto con comas, o la ruta de un archivo con una dirección o un rango por línea.';
$lang['networks_unset'] = 'sin valor';
$lang['networks_docs'] = 'Descritos en README.md de la extensión, «Configuration» y «Rules about networks and guessing»; qué hacer en un ataque, en docs/operations.md.';
$lang['col_network_setting'] = 'Ajuste';
$lang['col_network_value'] = 'Valor';
$lang['col_network_about'] = 'Qué hace';
$lang['about_network_allow'] = 'Solo desde estas redes.';
$lang['about_network_deny'] = 'No desde estas redes.';
$lang['about_network_address_failures'] = 'Respuestas incorrectas desde una dirección en una hora, para cualquier cuenta; 0: sin límite.';
$lang['about_network_subnet_failures'] = 'Lo mismo desde una subred.';
$lang['about_network_address_sends'] = 'Códigos pedidos desde una dirección en una hora; 0: sin límite.';
$lang['about_network_subnet_sends'] = 'Lo mismo desde una subred.';
$lang['about_max_failures_all_methods'] = 'Respuestas incorrectas con todos los métodos juntos, para una cuenta desde una red en un día; 0: tantas como admita cada método.';
$lang['about_after_failures'] = 'Respuestas incorrectas para una cuenta en un día, desde donde su usuario nunca estuvo, antes de pedir una contraseña nueva; 0: nunca.';
$lang['about_alarm_accounts'] = 'Para cuántas cuentas hay respuestas incorrectas en una hora antes de que sea una alarma; 0: nunca.';
$lang['about_alarm_networks'] = 'Desde cuántas redes; 0: nunca.';

// -- figures ------------------------------------------------------------------------------------------

$lang['tab_figures'] = 'Estadísticas';
$lang['figures_accounts'] = 'Cuentas';
$lang['figures_all_accounts'] = 'Todas las cuentas:';
$lang['figures_enrolled'] = 'Con un segundo factor';
$lang['figures_strong'] = 'Con uno que no es SMS, llamada, WhatsApp ni correo electrónico';
$lang['figures_due'] = 'Deben configurar uno y aún no lo han hecho';
$lang['figures_overdue'] = 'Deben hacerlo, y su plazo ha vencido';
$lang['figures_locked'] = 'Con un método bloqueado';
$lang['figures_disabled'] = 'Métodos desactivados';
$lang['figures_without_codes'] = 'Sin código de respaldo';
$lang['figures_unused'] = 'Con un factor sin usar desde hace 180 días';
$lang['figures_unreadable'] = 'No se pueden abrir: vea «Estado»';
$lang['figures_counted'] = 'Lo ocurrido está contado hasta ahora. Los días empiezan y terminan en UTC.';
$lang['figures_counting'] = 'Todavía se está contando lo ocurrido: faltan algunos días. Vuelva a cargar esta página dentro de un rato.';
$lang['figures_accounts_at'] = 'Las cuentas se examinaron: %s.';
$lang['figures_no_accounts'] = 'Las cuentas se examinan por primera vez. Vuelva a cargar esta página dentro de un rato.';
$lang['figures_period'] = 'Período:';
$lang['figures_table'] = 'Mostrar como tabla';
$lang['figures_nothing'] = 'Nada en este período.';
$lang['figures_adoption'] = 'Cuentas con un segundo factor';
$lang['figures_chart_challenges'] = 'Inicios de sesión';
$lang['figures_chart_failures'] = 'Respuestas incorrectas';
$lang['figures_chart_blocked'] = 'Bloqueos';
$lang['figures_chart_enrolments'] = 'Configurados y quitados';
$lang['figures_chart_codes_sent'] = 'Códigos enviados';
$lang['figures_chart_network_refusals'] = 'Rechazos por las reglas de redes';
$lang['figures_challenges'] = 'Segundo factor pedido';
$lang['figures_sign_ins'] = 'Sesión iniciada';
$lang['figures_failures'] = 'Respuestas incorrectas';
$lang['figures_blocked'] = 'Bloqueados';
$lang['figures_enrolments'] = 'Configurados';
$lang['figures_removals'] = 'Quitados';
$lang['figures_codes_sent'] = 'Enviados';
$lang['figures_codes_failed'] = 'No enviados';
$lang['figures_network_refusals'] = 'Rechazados';
$lang['figures_methods'] = 'Métodos';
$lang['figures_device'] = 'Navegador de confianza';
$lang['figures_delivery'] = 'Códigos por teléfono';
$lang['figures_delivery_about'] = 'Lo que han hecho los proveedores desde la primera petición. El coste es el que comunican.';
$lang['figures_sent'] = 'Enviados';
$lang['figures_not_sent'] = 'No enviados';
$lang['figures_cost'] = 'Coste';
$lang['figures_messages'] = 'Países';
$lang['figures_messages_about'] = 'Mensajes de los últimos 30 días según el prefijo del número, 20 000 como máximo.';
$lang['figures_delivered'] = 'Entregados';
$lang['figures_undelivered'] = 'Fallidos';
$lang['figures_networks'] = 'Redes con más respuestas incorrectas';
$lang['figures_networks_about'] = 'De los meses de este período. Si hay muchas redes, un número puede ser demasiado alto, pero no más de lo que dice la última columna.';
$lang['figures_surplus'] = 'Posible exceso';
$lang['figures_files'] = 'Descargas';
$lang['figures_files_about'] = 'Las tablas son archivos para una hoja de cálculo (CSV). El JSON lo contiene todo.';
$lang['figures_csv_days'] = 'Días (CSV)';
$lang['figures_csv_accounts'] = 'Cuentas a lo largo del tiempo (CSV)';
$lang['figures_csv_messages'] = 'Países (CSV)';
$lang['figures_csv_networks'] = 'Redes (CSV)';
$lang['figures_json'] = 'Todo (JSON)';
$lang['col_figures_what'] = 'Cuentas';
$lang['col_figures_share'] = 'Proporción';
$lang['col_figures_picture'] = 'Imagen de la proporción';
$lang['col_figures_day'] = 'Día';
$lang['col_figures_country'] = 'Prefijo de país';
$lang['col_figures_network'] = 'Red';

// -- events -------------------------------------------------------------------------------------------

$lang['tab_events'] = 'Eventos';
$lang['col_severity'] = 'Urgencia';
$lang['severity_info'] = 'Todos';
$lang['severity_notice'] = 'Avisos y superiores';
$lang['severity_warning'] = 'Advertencias y superiores';
$lang['severity_error'] = 'Errores y superiores';
$lang['severity_alert'] = 'Solo alertas';
$lang['events_from'] = 'Desde';
$lang['events_until'] = 'Hasta';
$lang['events_no_user'] = 'No hay ningún usuario con ese nombre.';
$lang['events_no_day'] = 'Escriba días como 2027-01-31.';
$lang['events_looked_back_to'] = 'Se ha buscado hasta %s. «Anteriores» continúa desde ahí.';
$lang['events_files_about'] = 'Todos los eventos que encuentra este filtro, los más recientes primero, con lo que esta página muestra de cada uno. CSV es para una hoja de cálculo; las líneas JSON contienen un evento por línea.';
$lang['events_file_csv'] = 'Eventos encontrados (CSV)';
$lang['events_file_jsonl'] = 'Eventos encontrados (líneas JSON)';
$lang['events_incomplete'] = 'Este archivo no está completo: no se pudo seguir leyendo el almacén.';
$lang['log_events_taken'] = 'Lista de eventos descargada';

// -- saved filters ------------------------------------------------------------------------------------

$lang['filters'] = 'Filtros guardados';
$lang['filter_save_this'] = 'Guardar este filtro';
$lang['filter_name'] = 'Nombre del filtro';
$lang['filter_save'] = 'Guardar';
$lang['filter_remove'] = 'Eliminar';
$lang['filter_saved'] = 'El filtro se ha guardado.';
$lang['filter_removed'] = 'El filtro se ha eliminado.';
$lang['filter_no_name'] = 'Dé un nombre al filtro.';
$lang['filter_empty'] = 'No hay nada que guardar: elija primero qué se busca.';
$lang['filter_too_long'] = 'Un nombre y cada cosa que se busca pueden tener %d caracteres como máximo.';
$lang['filter_too_many'] = 'En esta página ya hay %d filtros guardados, que es el máximo: elimine uno primero.';

// -- many users ---------------------------------------------------------------------------------------

$lang['tab_people'] = 'Varios usuarios';
$lang['people_state_all'] = 'Todos';
$lang['people_state_without'] = 'Sin segundo factor';
$lang['people_state_due'] = 'Deben configurar uno';
$lang['people_state_locked'] = 'Bloqueados durante un tiempo';
$lang['people_state_disabled'] = 'Con un método desactivado';
$lang['people_state_codeless'] = 'Sin código de respaldo';
$lang['people_state_unreadable'] = 'La cuenta no se puede abrir';
$lang['people_what'] = 'Con los marcados';
$lang['people_act_require'] = 'Exigir un segundo factor';
$lang['people_act_unlock'] = 'Desbloquear';
$lang['people_act_end'] = 'Cerrar todas las sesiones';
$lang['people_act_reset'] = 'Quitar todos los factores';
$lang['people_about_require'] = 'Desde ahora ningún inicio de sesión de estos usuarios termina sin configurar un segundo factor, de nuevo donde ya lo hay.';
$lang['people_about_unlock'] = 'Los bloqueos de estos usuarios terminan enseguida.';
$lang['people_about_end'] = 'A estos usuarios se les cierra la sesión en todas partes, y ya no se confía en ningún navegador suyo.';
$lang['people_about_reset'] = 'Se quitan todos los factores y todos los códigos de estos usuarios: inician sesión solo con su contraseña hasta que configuren otros.';
$lang['people_look'] = '¿A quién afecta?';
$lang['people_do'] = 'Hacerlo ahora';
$lang['people_back'] = 'Volver a la lista';
$lang['people_no_act'] = 'Elija qué se ha de hacer.';
$lang['people_nobody'] = 'Marque al menos un usuario.';
$lang['people_too_many'] = 'Marque %d usuarios como máximo.';
$lang['people_none_of_them'] = 'No se puede hacer a ninguno de ellos.';
$lang['people_gone'] = 'ya no es un usuario';
$lang['people_yourself'] = 'es usted: use su propia página';
$lang['people_unavailable'] = 'no se pudo acceder a la cuenta o abrirla: vea «Estado»';
$lang['people_looked_at'] = 'Usuarios examinados para esta página: %d.';
$lang['people_failed'] = 'No hecho: %d';
$lang['people_done'] = 'Hecho: %d';
$lang['people_why'] = 'Por qué';
