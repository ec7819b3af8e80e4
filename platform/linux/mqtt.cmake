# The service session and the telemetry's connection on Paho; tools/outrider uses the same session for its console.
otr_module(otr_linux_mqtt
  SOURCES mqtt.c mqtt_address.c mqtt_alias.c mqtt_backoff.c mqtt_bell.c mqtt_credentials.c mqtt_files.c mqtt_link.c mqtt_options.c
    mqtt_reason.c mqtt_resolve.c mqtt_session.c mqtt_session_callbacks.c mqtt_session_socket.c mqtt_properties.c
    mqtt_queue.c mqtt_trace.c mqtt_version.c
  LINKS otr_base Paho PkgConfig::OPENSSL Threads::Threads)
