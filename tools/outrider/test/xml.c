#include "tools/outrider/test/xml.h"

static void add(otr_buffer *out, const char *text)
{
    otr_buffer_add(out, text, strlen(text));
}

void otr_xml_escape(otr_buffer *out, otr_str text)
{
    static const char unknown[] = "\xEF\xBF\xBD";
    bool utf8 = otr_str_is_utf8(text);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        /* U+FFFE and U+FFFF are well-formed UTF-8 and yet no characters of XML */
        bool nothing = utf8 && c == 0xEF && (unsigned char)text.data[i + 1] == 0xBF &&
                       (unsigned char)text.data[i + 2] >= 0xBE;
        if (c == '&')
            add(out, "&amp;");
        else if (c == '<')
            add(out, "&lt;");
        else if (c == '>')
            add(out, "&gt;");
        else if (c == '"')
            add(out, "&quot;");
        else if (c == '\n' || c == '\t')
            otr_buffer_add_format(out, "&#%d;", c); /* as such they would become blanks in an attribute */
        else if (c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8) || nothing)
            add(out, unknown);
        else
            otr_buffer_add_u8(out, c);
        if (nothing)
            i += 2;
    }
}
