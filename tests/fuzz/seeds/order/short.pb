
4f1c-1
depot/gw-1