/* Which entry says most of a case, and which route takes it. */
#include "rules/load/knowledge.h"

enum { FIT_CODE = 16, FIT_RULE = 8, FIT_LOT = 4, FIT_MODEL = 2, FIT_CLASS = 1 };

/* ---- codes ---- */

/* What of a pattern is fixed: up to the x at its end. */
static size_t fixed_of(otr_str pattern)
{
    size_t size = pattern.size;
    while (size > 0 && pattern.data[size - 1] == 'x')
        size--;
    return size;
}

bool otr_knowledge_code_fits(otr_str pattern, otr_str code)
{
    size_t fixed = fixed_of(pattern);
    return pattern.size == code.size && memcmp(pattern.data, code.data, fixed) == 0;
}

bool otr_fault_code_next(otr_str *text, otr_str *code)
{
    static const char between[] = " \t\r\n,;";
    size_t begin = 0;
    while (begin < text->size && memchr(between, text->data[begin], sizeof between - 1) != NULL)
        begin++;
    size_t end = begin;
    while (end < text->size && memchr(between, text->data[end], sizeof between - 1) == NULL)
        end++;
    if (begin == end)
        return false;
    *code = (otr_str){text->data + begin, end - begin};
    *text = (otr_str){text->data + end, text->size - end};
    return true;
}

bool otr_fault_code_split(otr_str code, otr_str *spn, otr_str *fmi)
{
    const char *slash = code.size > 0 ? memchr(code.data, '/', code.size) : NULL;
    if (slash == NULL || !otr_str_starts(code, OTR_STR("SPN")))
        return false;
    *spn = (otr_str){code.data, (size_t)(slash - code.data)};
    *fmi = (otr_str){slash + 1, code.size - spn->size - 1};
    return otr_str_starts(*fmi, OTR_STR("FMI"));
}

/* ---- subjects ---- */

static bool fits(otr_str wanted, otr_str has)
{
    return wanted.size == 0 || otr_str_equal(wanted, has);
}

static bool lot_fits(const otr_knowledge_subject *subject, otr_str lot)
{
    return subject->lot_from.size == 0 || (lot.size > 0 && otr_str_compare(subject->lot_from, lot) <= 0 &&
                                           otr_str_compare(lot, subject->lot_to) <= 0);
}

static bool subject_fits(const otr_knowledge_subject *subject, const otr_knowledge_case *of)
{
    return (subject->code.size == 0 ||
            (of->code.size > 0 && otr_knowledge_code_fits(subject->code, of->code))) &&
           fits(subject->pack, of->pack) && fits(subject->rule, of->rule) &&
           fits(subject->class, of->class) && fits(subject->model, of->model) && lot_fits(subject, of->lot);
}

unsigned otr_knowledge_fit(const otr_knowledge_subject *subject, const otr_knowledge_case *of)
{
    /* what is asked of a code is not answered by what is known of the rule, and the other way round */
    if ((subject->code.size > 0) != (of->code.size > 0) || !subject_fits(subject, of))
        return 0;
    unsigned code = (unsigned)fixed_of(subject->code) * FIT_CODE;
    return 1 + code + (subject->rule.size > 0 ? FIT_RULE : 0) + (subject->lot_from.size > 0 ? FIT_LOT : 0) +
           (subject->model.size > 0 ? FIT_MODEL : 0) + (subject->class.size > 0 ? FIT_CLASS : 0);
}

static void offer(const otr_knowledge_entry *entry, const otr_knowledge_case *of,
                  const otr_knowledge_entry **best, unsigned *fit)
{
    unsigned own = otr_knowledge_fit(&entry->subject, of);
    if (own > *fit) {
        *fit = own;
        *best = entry;
    }
}

const otr_knowledge_entry *otr_knowledge_find(const otr_knowledge *knowledge, const otr_knowledge_case *of,
                                              unsigned *fit)
{
    const otr_knowledge_entry *best = NULL;
    size_t low = 0;
    size_t high = of->code.size > 0 ? knowledge->by_code_count : 0;
    *fit = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (otr_str_compare(knowledge->by_code[middle]->subject.code, of->code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; of->code.size > 0 && i < knowledge->by_code_count &&
                         otr_str_equal(knowledge->by_code[i]->subject.code, of->code);
         i++)
        offer(knowledge->by_code[i], of, &best, fit);
    for (size_t i = 0; i < knowledge->other_count; i++)
        offer(knowledge->others[i], of, &best, fit);
    return best;
}

/* ---- routes ---- */

/* de stands for de-AT too. */
static bool language_fits(otr_str wanted, otr_str has)
{
    return wanted.size == 0 ||
           (otr_str_starts(has, wanted) && (has.size == wanted.size || has.data[wanted.size] == '-'));
}

bool otr_route_fits(const otr_route_line *line, const otr_knowledge_case *of)
{
    return subject_fits(&line->subject, of) && fits(line->category, of->category) &&
           language_fits(line->language, of->language) && fits(line->region, of->region) &&
           (line->weight == 0 || of->weight >= line->weight);
}

/* Whatever fits the second fits the first: nothing is asked of it, or what the second asks for answers it. */
static bool takes_text(otr_str first, otr_str second)
{
    return first.size == 0 || (second.size > 0 && otr_str_equal(first, second));
}

static bool takes_lots(const otr_knowledge_subject *first, const otr_knowledge_subject *second)
{
    return first->lot_from.size == 0 ||
           (second->lot_from.size > 0 && otr_str_compare(first->lot_from, second->lot_from) <= 0 &&
            otr_str_compare(second->lot_to, first->lot_to) <= 0);
}

static bool takes_code(otr_str first, otr_str second)
{
    return first.size == 0 || (second.size == first.size && fixed_of(first) <= fixed_of(second) &&
                               memcmp(first.data, second.data, fixed_of(first)) == 0);
}

static bool takes(const otr_route_line *first, const otr_route_line *second)
{
    const otr_knowledge_subject *a = &first->subject;
    const otr_knowledge_subject *b = &second->subject;
    return takes_code(a->code, b->code) && takes_text(a->pack, b->pack) && takes_text(a->rule, b->rule) &&
           takes_text(a->class, b->class) && takes_text(a->model, b->model) && takes_lots(a, b) &&
           takes_text(first->category, second->category) &&
           (first->language.size == 0 || language_fits(first->language, second->language)) &&
           takes_text(first->region, second->region) && first->weight <= second->weight;
}

const otr_route_line *otr_route_shadow(const otr_knowledge *knowledge, const otr_route_line *line)
{
    for (const otr_route_line *one = knowledge->routes; one < line; one++)
        if (takes(one, line))
            return one;
    return NULL;
}
