otr_module(otr_linux_coap
  SOURCES coap.c coap_request.c coap_commands.c coap_pending.c coap_upload.c coap_peer.c coap_address.c keys.c
  LINKS otr_base PkgConfig::COAP PkgConfig::OPENSSL)
