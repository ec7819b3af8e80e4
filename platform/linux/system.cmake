# What the operating system and OpenSSL offer besides the adapters: clock, service manager, certificates, digests, keys.
otr_module(otr_linux_system SOURCES action_keys.c authority.c clock.c notify.c certificate.c evidence_key.c key_file.c memory.c operator_key.c sandbox.c sandbox_calls.c LINKS otr_base PkgConfig::OPENSSL m)
# Compression of telemetry.
otr_module(otr_linux_deflate SOURCES deflate.c LINKS otr_base PkgConfig::ZLIB)
