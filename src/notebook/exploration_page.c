/* The data exploration as one HTML page: the sections of the notebook under a style sheet of its own. No script, nothing to
 * load; a content security policy says so to the browser too. Charts and boxes have their own background, so that the same page
 * serves light and dark. */
#include "notebook/exploration.h"

static const char STYLE[] =
    ":root{color-scheme:light "
    "dark;--ground:#ffffff;--ink:#222222;--faint:#5c5c5c;--rule:#dddddd;--stripe:#f5f5f5;--link:#005f94}\n"
    "@media (prefers-color-scheme:dark){:root{--ground:#16181b;--ink:#e6e6e6;--faint:#a8a8a8;--rule:#3a3d42;--stripe:#1f2226;"
    "--link:#7cc4ef}}\n"
    "body{background:var(--ground);color:var(--ink);font:15px/1.5 Helvetica,Arial,sans-serif;max-width:1180px;margin:0 auto;"
    "padding:16px 20px 60px}\n"
    "h1{font-size:26px;margin:12px 0 4px}h2{font-size:20px;margin:40px 0 4px;padding-top:10px;border-top:1px solid "
    "var(--rule)}\n"
    "a{color:var(--link)}nav{margin:14px 0;line-height:1.9}.about{color:var(--faint);margin:2px 0 12px}\n"
    "section{overflow-x:auto}table{border-collapse:collapse;margin:10px 0;font-size:13px}\n"
    "th,td{padding:3px 10px;border-bottom:1px solid var(--rule);vertical-align:top}thead th{border-bottom:2px solid "
    "var(--faint)}\n"
    "tbody tr:nth-child(even){background:var(--stripe)}code{font-family:monospace;font-size:13px}img{max-width:100%}\n";

/* Data as HTML: controls become escapes, long texts are cut. */
static void append_shown(text_buffer *b, text t, int64_t most)
{
    text_buffer shown = {0};
    text_append_shown(&shown, t, most);
    if (shown.size) text_append_html(b, (text){shown.data, shown.size});
    if (shown.failed) b->failed = true;
    text_buffer_clear(&shown);
}

/* Our own words: `a` becomes code. */
static void append_words(text_buffer *b, const char *words)
{
    bool code = false;
    for (const char *c = words; *c; c++) {
        if (*c == '`') {
            code = !code;
            text_append(b, code ? "<code>" : "</code>");
        } else {
            text_append_html(b, (text){c, 1});
        }
    }
}

static void append_head(const exploration *x, text_buffer *b)
{
    text table = exhibit_text(x->job, "table");
    text_append(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
                   "'unsafe-inline'\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Data exploration");
    if (table.size) text_append(b, ": ");
    append_shown(b, table, 80);
    text_append(b, "</title>\n<style>\n");
    text_append(b, STYLE);
    text_append(b, "</style>\n</head>\n<body>\n<h1>Data exploration");
    if (table.size) text_append(b, ": ");
    append_shown(b, table, 80);
    text_append(b, "</h1>\n");
}

static void append_summary(const exploration *x, text_buffer *b)
{
    const json_t *table = json_object_get(x->profile, "table");
    text target = exhibit_text(table, "target"), type = exhibit_text(json_object_get(x->profile, "problem"), "type");
    int64_t counts[3];
    exploration_count_findings(x, counts);
    text_append(b, "<p><b>");
    exhibit_append_count(b, json_integer_or(table, "rows", 0));
    text_append(b, " rows, ");
    exhibit_append_count(b, json_integer_or(table, "columns", 0));
    text_append(b, " columns");
    if (target.data) text_append(b, "; target ");
    append_shown(b, target, 80);
    if (type.data) text_append(b, ": ");
    append_shown(b, type, 20);
    text_print(b, ".</b> Findings: %d high, %d medium, %d low.</p>\n", (int)counts[0], (int)counts[1], (int)counts[2]);
}

static void append_navigation(const exploration *x, text_buffer *b)
{
    bool first = true;
    text_append(b, "<nav>");
    for (int32_t i = 0; i < exploration_part_count(); i++) {
        const exploration_part *part = exploration_part_at(i);
        if (!exploration_part_shown(x, part) || part->notebook_only) continue;
        text_print(b, "%s<a href=\"#%s\">%s</a>", first ? "" : " \xc2\xb7 ", part->name, part->title);
        first = false;
    }
    text_append(b, "</nav>\n");
}

static ptg_status append_part(const exploration *x, const exploration_part *part, text_buffer *b, ptg_error *err)
{
    json_t *bundle;
    TRY(exploration_section(x, part->name, &bundle, err));
    text_print(b, "<section id=\"%s\">\n<h2>%s</h2>\n<p class=\"about\">", part->name, part->title);
    append_words(b, part->text);
    text_append(b, "</p>\n");
    text_append_span(b, exhibit_text(bundle, "text/html"));
    text_append(b, "</section>\n");
    json_decref(bundle);
    return PTG_OK;
}

ptg_status exploration_page(const exploration *x, text_buffer *out, ptg_error *err)
{
    append_head(x, out);
    append_summary(x, out);
    append_navigation(x, out);
    text_append(out, "<main>\n");
    for (int32_t i = 0; i < exploration_part_count(); i++) {
        const exploration_part *part = exploration_part_at(i);
        if (exploration_part_shown(x, part) && !part->notebook_only) TRY(append_part(x, part, out, err));
    }
    text_append(out, "</main>\n</body>\n</html>\n");
    return text_buffer_check(out, err);
}
