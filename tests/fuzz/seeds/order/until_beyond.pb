
4f1c-1
depot/gw-1ĞÇå˜ì… €ĞÇå˜ì…ñ*{"do":"shelve","for":"2h"}2
answer/kim:7