/* Texts in XML: JUnit results and pictures. */
#ifndef OTR_TOOLS_XML_H
#define OTR_TOOLS_XML_H

#include "base/buffer.h"

/* Appends text as character data or an attribute's value; what XML cannot carry becomes U+FFFD. */
void otr_xml_escape(otr_buffer *out, otr_str text);

#endif
