/* What cells mean: each case is one column with its type, its missing tokens, how its values are written, its unit, and its
 * first values. It is read as a file, read again with the schema that came of it, and built from memory; all must agree. */
#include "table_fixture.h"

#include "base/memory.h"

/* Cells are split by '/'; '\\' stands for '/', a lone blank for an empty cell, "@A..B" for the whole numbers from A to B,
 * "@T*N" for T written N times. */
typedef struct meaning_case {
    const char *cells;
    char type;          /* n c t d s */
    const char *tokens; /* that count as missing, by '|' */
    const char *format, *unit;
    const char *values; /* the first cells, by '|' */
} meaning_case;

static const meaning_case cases[] = {
    /* plain numbers */
    {"1/2/3", 'n', "", "", "", "1|2|3"},
    {"1.5/-2/+3/1e5", 'n', "", "", "", "1.5|-2|3|100000"},
    {"1.5/inf/-inf/1e400", 'n', "", "", "", "1.5|inf|-inf|inf"},
    {"0x1F/0x2A/0x3B", 'c', "", "", "", "0x1F|0x2A|0x3B"},
    {"007/012/100", 'c', "", "", "", "007|012|100"},
    {"01234/98765/10001", 'c', "", "", "", "01234|98765|10001"},
    {"+4930123456/+4930123457", 'c', "", "", "", "+4930123456|+4930123457"},
    {"0612345678/0698765432/0611111111", 'c', "", "", "", "0612345678"},
    {"9007199254740993/9007199254740995", 'c', "", "", "", "9007199254740993"},
    {"12345678901234567/12345678901234568", 'c', "", "", "", "12345678901234567"},
    {"1.2.3/1.2.4/2.0.1", 'c', "", "", "", "1.2.3"},
    {"10.0.0.1/192.168.1.20/172.16.0.9", 'c', "", "", "", "10.0.0.1"},
    {"1st/2nd/3rd/4th", 'c', "", "", "", "1st"},
    {"1\\2/3\\4/5\\8", 'c', "", "", "", "1/2"},
    {"A11/A12/A13", 'c', "", "", "", "A11"},
    {"18-25/26-35/36-50", 'c', "", "", "", "18-25"},
    {"555 123 456/555 987 654/611 222 333", 't', "", "", "", "555 123 456"},
    {"123-45-6789/987-65-4321", 'c', "", "", "", "123-45-6789"},
    /* what stands around the digits */
    {"$4.99/$12.50/$0.99", 'n', "", "decimal=. thousands=,", "", "4.99|12.5|0.99"},
    {"$4.99/0/$1.99", 'n', "", "decimal=. thousands=,", "", "4.99|0|1.99"},
    {"-$5/$7/($3)", 'n', "", "decimal=. thousands=,", "", "-5|7|-3"},
    {"\xE2\x82\xAC 10/\xE2\x82\xAC 20,5/\xE2\x82\xAC 7", 'n', "", "decimal=, thousands=.", "", "10|20.5|7"},
    {"10 EUR/20 EUR/35 EUR", 'n', "", "decimal=. thousands=,", "", "10|20|35"},
    {"US$ 1,200/US$ 350", 'n', "", "decimal=. thousands=,", "", "1200|350"},
    {"85%/90 %/7.5%", 'n', "", "decimal=. thousands=,", "", "85|90|7.5"},
    {"1,234/12,345/999", 'n', "", "decimal=. thousands=,", "", "1234|12345|999"},
    {"1,234,567.89/12/0.5", 'n', "", "decimal=. thousands=,", "", "1234567.89|12|0.5"},
    {"1.234,56/0,5/12", 'n', "", "decimal=, thousands=.", "", "1234.56|0.5|12"},
    {"0,5 kg/1,25 kg/2,75 kg", 'n', "", "decimal=, thousands=. measure=mass unit=kg", "kg", "0.5|1.25|2.75"},
    {"1 234/12 345/1 234 567", 'n', "", "decimal=. thousands=blank", "", "1234|12345|1234567"},
    {"1\xC2\xA0"
     "234,5/2\xC2\xA0"
     "000,25/7,5",
     'n', "", "decimal=, thousands=blank", "", "1234.5|2000.25|7.5"},
    {"1'234/12'345.5/7'000", 'n', "", "decimal=. thousands='", "", "1234|12345.5|7000"},
    {"12,34,567/1,00,000/5,000", 'n', "", "decimal=. thousands=,", "", "1234567|100000|5000"},
    {"(123)/45/(6.5)", 'n', "", "decimal=. thousands=,", "", "-123|45|-6.5"},
    {"\xE2\x88\x92"
     "5/7/\xE2\x88\x92"
     "8",
     'n', "", "decimal=. thousands=,", "", "-5|7|-8"},
    {"10,000+/500+/1,000,000+", 'n', "", "decimal=. thousands=,", "", "10000|500|1000000"},
    {"<0.5/0.7/<0.1/1.2", 'n', "", "decimal=. thousands=,", "", "0.5|0.7|0.1|1.2"},
    {"~10/20/\xE2\x89\xA5 30", 'n', "", "decimal=. thousands=,", "", "10|20|30"},
    {"19M/8.7M/201k", 'n', "", "decimal=. thousands=, factors", "", "19000000|8700000|201000"},
    {"$1.5M/$300K/$2B", 'n', "", "decimal=. thousands=, factors", "", "1500000|300000|2000000000"},
    {"1.5 million/300 thousand/2 billion", 'n', "", "decimal=. thousands=, factors", "", "1500000|300000|2000000000"},
    {"\xE2\x82\xAC"
     "110.5M/\xE2\x82\xAC"
     "565K/\xE2\x82\xAC"
     "77M",
     'n', "", "decimal=. thousands=, factors", "", "110500000|565000|77000000"},
    {"70 kg/65 kg/80.5 kg", 'n', "", "decimal=. thousands=, measure=mass unit=kg", "kg", "70|65|80.5"},
    {"70kg/65kg/80kg", 'n', "", "decimal=. thousands=, measure=mass unit=kg", "kg", "70|65|80"},
    {"500 g/1.5 kg/2 kg", 'n', "", "decimal=. thousands=, measure=mass unit=g", "g", "500|1500|2000"},
    {"180 cm/1.75 m/165 cm", 'n', "", "decimal=. thousands=, measure=length unit=cm", "cm", "180|175|165"},
    {"5m/10m/25m", 'n', "", "decimal=. thousands=, unit=m", "m", "5|10|25"},
    {"1197 CC/1498 CC/998 CC", 'n', "", "decimal=. thousands=, unit=CC", "CC", "1197|1498|998"},
    {"23.4 kmpl/19.1 kmpl/17 kmpl", 'n', "", "decimal=. thousands=, unit=kmpl", "kmpl", "23.4|19.1|17"},
    {"36 months/60 months", 'n', "", "decimal=. thousands=, measure=duration unit=months", "months", "36|60"},
    {"2 stars/1 star/5 stars", 'n', "", "decimal=. thousands=, unit=stars", "stars", "2|1|5"},
    {"25 \xC2\xB0"
     "C/30 \xC2\xB0"
     "C/-5 \xC2\xB0"
     "C",
     'n', "",
     "decimal=. thousands=, unit=\xC2\xB0"
     "C",
     "\xC2\xB0"
     "C",
     "25|30|-5"},
    {"3 MB/500 KB/1.5 GB", 'n', "", "decimal=. thousands=, measure=data unit=KB", "KB", "3000|500|1500000"},
    {"1A/2A/3A", 'c', "", "", "", "1A|2A|3A"},
    {"12 Main St/14 Oak Ave/7 Elm Rd", 't', "", "", "", "12 Main St"},
    {"4x4/6x4/4x2", 'c', "", "", "", "4x4"},
    {"kmpl 5/kmpl 6", 't', "", "", "", "kmpl 5"},
    {"10 kmpl/12 km/14 kg", 't', "", "", "", "10 kmpl"},
    {"@1..30/Varies with device/Varies with device", 'n', "", "", "", "1|2"},
    {"@1..30/31A/32B", 'c', "", "", "", "1|2"},
    {"@1..900/1,001/1,002", 'n', "", "decimal=. thousands=,", "", "1|2"},
    /* durations and times of day */
    {"2 years/3 weeks/1 day", 'n', "", "decimal=. thousands=, measure=duration unit=days", "days", "730.5|21|1"},
    {"2 years/1 month/11 months", 'n', "", "decimal=. thousands=, measure=duration unit=months", "months", "24|1|11"},
    {"1 year/5 years/10+ years/< 1 year", 'n', "", "decimal=. thousands=, measure=duration unit=years", "years", "1|5|10|1"},
    {"2h 30m/19h/45m", 'n', "", "decimal=. thousands=, measure=duration unit=minutes", "minutes", "150|1140|45"},
    {"3 years 2 months/1 year/8 months", 'n', "", "decimal=. thousands=, measure=duration unit=months", "months", "38|12|8"},
    {"34 years old/1 year old/5 years old", 'n', "", "decimal=. thousands=, measure=duration unit=years", "years", "34|1|5"},
    {"90 min/120 min/75 min", 'n', "", "decimal=. thousands=, measure=duration unit=minutes", "minutes", "90|120|75"},
    {"17:41/08:05/23:59", 'n', "", "clock=hh:mm", "minutes", "1061|485|1439"},
    {"17:41:30/08:05:00", 'n', "", "clock=hh:mm:ss", "seconds", "63690|29100"},
    {"5:41 PM/8:05 AM/12:00 AM", 'n', "", "clock=hh:mm", "minutes", "1061|485|0"},
    {"25:10:00/30:00:01/01:00:00", 'n', "", "clock=hh:mm:ss", "seconds", "90600|108001|3600"},
    {"4:3/16:9/21:9", 'c', "", "", "", "4:3"},
    /* dates */
    {"2012-01-10/2013-02-11", 'd', "", "%Y-%m-%d", "", "2012-01-10|2013-02-11"},
    {"2012/01/10/x", 'c', "", "", "", "2012"},
    {"2012\\01\\10/2013\\02\\11", 'd', "", "%Y/%m/%d", "", "2012-01-10|2013-02-11"},
    {"2012.01.10/2013.02.11", 'd', "", "%Y.%m.%d", "", "2012-01-10|2013-02-11"},
    {"01\\31\\2012/02\\13\\2012", 'd', "", "%m/%d/%Y", "", "2012-01-31|2012-02-13"},
    {"31\\01\\2012/13\\02\\2012", 'd', "", "%d/%m/%Y", "", "2012-01-31|2012-02-13"},
    {"31.1.2012/13.2.2012", 'd', "", "%d.%m.%Y", "", "2012-01-31|2012-02-13"},
    {"31-01-2012/13-02-2012", 'd', "", "%d-%m-%Y", "", "2012-01-31|2012-02-13"},
    {"01-31-2012/02-13-2012", 'd', "", "%m-%d-%Y", "", "2012-01-31|2012-02-13"},
    {"01\\31\\12/02\\13\\99", 'd', "", "%m/%d/%y", "", "2012-01-31|1999-02-13"},
    {"31.01.12/13.02.70", 'd', "", "%d.%m.%y", "", "2012-01-31|1970-02-13"},
    {"01\\02\\2012/01\\03\\2012/01\\04\\2012", 'd', "", "%d/%m/%Y", "", "2012-02-01|2012-03-01"},
    {"02\\01\\2012/03\\01\\2012/04\\01\\2012", 'd', "", "%m/%d/%Y", "", "2012-02-01|2012-03-01"},
    {"05\\01\\2012/06\\01\\2012/01\\02\\2012/02\\02\\2012", 'd', "", "%d/%m/%Y", "", "2012-01-05|2012-01-06"},
    {"01\\02\\2012/03\\04\\2012/05\\01\\2011", 'd', "", "%m/%d/%Y", "", "2012-01-02|2012-03-04"},
    {"10 Jan 2012/5 March 2013", 'd', "", "%d %b %Y", "", "2012-01-10|2013-03-05"},
    {"10-Jan-2012/05-Mar-2013", 'd', "", "%d-%b-%Y", "", "2012-01-10|2013-03-05"},
    {"10-Jan-12/05-Mar-13", 'd', "", "%d-%b-%y", "", "2012-01-10|2013-03-05"},
    {"January 10, 2012/March 5, 2013", 'd', "", "%b %d, %Y", "", "2012-01-10|2013-03-05"},
    {"Jan 10, 2012/Sept 5, 2013", 'd', "", "%b %d, %Y", "", "2012-01-10|2013-09-05"},
    {"Jan 10th, 2012/Mar 1st, 2013", 'd', "", "%b %d, %Y", "", "2012-01-10|2013-03-01"},
    {"Tue, 10 Jan 2012 10:00:00 +0100/Wed, 11 Jan 2012 00:00:00 GMT", 'd', "", "%a %d %b %Y %H:%M:%S%z", "",
     "2012-01-10T09:00:00|2012-01-11T00:00:00"},
    {"Wed Aug 27 13:08:45 +0000 2008/Thu Aug 28 13:08:45 +0000 2008", 'd', "", "%a %b %d %T %Y%z", "",
     "2008-08-27T13:08:45|2008-08-28T13:08:45"},
    {"10\\Oct\\2000:13:55:36 -0700/11\\Oct\\2000:13:55:36 -0700", 'd', "", "%d/%b/%Y %H:%M:%S%z", "", "2000-10-10T20:55:36"},
    {"2012-01-10T10:00:00Z/2012-01-11T10:00:00+02:00", 'd', "", "%Y-%m-%dT%H:%M:%S%z", "",
     "2012-01-10T10:00:00|2012-01-11T08:00:00"},
    {"2012-01-10 10:00:00.123/2012-01-11 10:00:00.5", 'd', "", "%Y-%m-%d %H:%M:%S.%f", "", "2012-01-10T10:00:00.123000"},
    {"2012-01-10 10:00 EST/2012-01-11 10:00 PST", 'd', "", "%Y-%m-%d %H:%M%z", "", "2012-01-10T15:00:00|2012-01-11T18:00:00"},
    {"01\\14\\2015 05:41:00 PM/01\\15\\2015 11:00:00 AM", 'd', "", "%m/%d/%Y %I:%M:%S %p", "", "2015-01-14T17:41:00"},
    {"01\\14\\2015, 17:41/01\\15\\2015, 11:00", 'd', "", "%m/%d/%Y, %H:%M", "", "2015-01-14T17:41:00"},
    {"20120110/20130211/20140305", 'd', "", "%Y%m%d", "", "2012-01-10|2013-02-11"},
    {"20120110T101500/20130211T000000", 'd', "", "%Y%m%dT%H:%M:%S", "", "2012-01-10T10:15:00"},
    {"20120110101500/20130211000000", 'n', "", "", "", "20120110101500"},
    {"2012-01/2012-02/2012-12", 'd', "", "%Y-%m", "", "2012-01-01|2012-02-01"},
    {"01\\2012/12\\2012", 'd', "", "%m/%Y", "", "2012-01-01|2012-12-01"},
    {"Dec-2015/Jan-2016", 'd', "", "%b-%Y", "", "2015-12-01|2016-01-01"},
    {"Jan-85/Dec-99", 'd', "", "%b-%y", "", "1985-01-01|1999-12-01"},
    {"Jan 2012/February 2013", 'd', "", "%b %Y", "", "2012-01-01|2013-02-01"},
    {"2012-13-01/2012-14-02", 'c', "", "", "", "2012-13-01"},
    {"2012-01-10/not a day", 't', "", "", "", "2012-01-10"},
    {"1200000000/1300000001/1350000777", 'n', "", "", "", "1200000000"},
    {"1200000000/1260000000/1320000060", 'd', "", "epoch s", "", "2008-01-10T21:20:00"},
    {"1200000000000/1260000000000/1320000060000", 'd', "", "epoch ms", "", "2008-01-10T21:20:00"},
    {"2010/2011/2012", 'n', "", "", "", "2010|2011|2012"},
    {"12345678/20120110/99999999/10000001", 'n', "", "", "", "12345678"},
    {"jan/feb/mar/apr", 'c', "", "", "", "jan|feb"},
    {"Monday/Tuesday/Sunday", 'c', "", "", "", "Monday"},
    {"May/June/July", 'c', "", "", "", "May"},
    /* tokens among numbers and dates */
    {"1/NA/3/?/-/none/ ", 'n', "-|?|NA|none", "", "", "1|~|3"},
    {"1/NULL/3/nan/n\\a/N\\A", 'n', "N/A|NULL|n/a|nan", "", "", "1|~|3"},
    {"1/unknown/3/missing/#N\\A", 'n', "#N/A|missing|unknown", "", "", "1|~|3"},
    {"$1/n.a./$3/-", 'n', "-|n.a.", "decimal=. thousands=,", "", "1|~|3"},
    {"2012-01-10/NaT/unknown/0000-00-00", 'd', "0000-00-00|NaT|unknown", "%Y-%m-%d", "", "2012-01-10|~|~|~"},
    {"NA/NA/ ", 'n', "NA", "", "", "~|~|~"},
    /* numbers that stand for missing */
    {"@0..27/@999*50", 'n', "999", "", "", "0|1"},
    {"@0..100/@-999*5", 'n', "-999", "", "", "0|1"},
    {"@0..100/@-9999*2", 'n', "-9999", "", "", "0|1"},
    {"@0..100/-9999", 'n', "", "", "", "0|1"},
    {"@18..80/@999*4/@-999*4", 'n', "-999|999", "", "", "18|19"},
    {"@18..80/@-1*4", 'n', "-1", "", "", "18|19"},
    {"@0..80/@-1*2", 'n', "", "", "", "0|1"},
    {"@0..80/@-1*200", 'n', "-1", "", "", "0|1"},
    {"@-20..40/@-1*3", 'n', "", "", "", "-20|-19"},
    {"@0..98/@99*2", 'n', "", "", "", "0|1"},
    {"@1..5/@1..5/@99*3", 'n', "99", "", "", "1|2"},
    {"@0..1000/@999*3", 'n', "", "", "", "0|1"},
    {"@1..50/@2147483647*3", 'n', "2147483647", "", "", "1|2"},
    {"@0..1/@0..1/@0..1/@9*4", 'n', "", "", "", "0|1"},
    {"1/1/1/999/999", 'n', "", "", "", "1|1"},
    {"@100..300/@0*9", 'n', "", "", "", "100|101"},
    {"@0..300/@0*500", 'n', "", "", "", "0|1"},
    {"@100..1100/@9999*40", 'n', "9999", "", "", "100|101"},
    {"@9000..9998/@10000..11000/@9999*600", 'n', "9999", "", "", "9000"},
    {"0.5/0.25/0.75/999.9/999.9", 'n', "999.9", "", "", "0.5|0.25"},
    {"2010-01-10/2011-05-05/2012-07-08/1900-01-01/1900-01-01", 'd', "1900-01-01", "%Y-%m-%d", "", "2010-01-10"},
    {"2010-01-10/2011-05-05/2012-07-08/1900-01-01", 'd', "", "%Y-%m-%d", "", "2010-01-10"},
    {"10.01.2010/05.05.2011/08.07.2012/01.01.1970/01.01.1970", 'd', "01.01.1970", "%d.%m.%Y", "", "2010-01-10"},
    {"1930-01-10/1931-01-10/1932-02-10/1940-03-10/1941-04-10/1950-05-10/1960-06-10/2003-05-05/1900-01-01/1900-01-01", 'd', "",
     "%Y-%m-%d", "", "1930-01-10"},
    {"1969-12-20/1970-01-01/1970-01-01/1970-02-01", 'd', "", "%Y-%m-%d", "", "1969-12-20"},
    {"2010-01-10/2011-05-05/9999-12-31/9999-12-31/9999-12-31", 'd', "9999-12-31", "%Y-%m-%d", "", "2010-01-10"},
    /* tokens among words */
    {"red/green/blue/NA", 'c', "NA", "", "", "red|green|blue|~"},
    {"red/green/NULL/?", 'c', "?|NULL", "", "", "red|green|~|~"},
    {"red/green/blue/N\\K", 'c', "N/K", "", "", "red|green|blue|~"},
    {"red/green/blue/not provided", 'c', "not provided", "", "", "red|green|blue|~"},
    {"@-1*6/0.25/0.5/0.75/0.125/0.625/0.3/0.9/0.1", 'n', "-1", "", "", "~|~"},
    {"@-1*6/0/1/0/1", 'n', "", "", "", "-1|-1"},
    {"red/green/blue/unknown", 'c', "unknown", "", "", "red|green|blue|~"},
    {"yes/unknown/yes", 'c', "", "", "", "yes|unknown"},
    {"yes/no/unknown/no", 'c', "unknown", "", "", "yes|no|~"},
    {"known/unknown/other", 'c', "", "", "", "known|unknown"},
    {"@unknown*8/yes/no", 'c', "", "", "", "unknown|unknown"},
    {"None/Gd/Ex/Fa/None/None", 'c', "", "", "", "None|Gd"},
    {"none/heated/indoor/none", 'c', "", "", "", "none"},
    {"@NA*9/Gd/Ex/Fa", 'c', "", "", "", "NA|NA"},
    {"@red*20/@green*20/None", 'c', "None", "", "", "red"},
    {"@Red*20/@Green*20/None", 'c', "", "", "", "Red"},
    {"US/DE/FR/NA/US/DE", 'c', "", "", "", "US|DE|FR|NA"},
    {"AF/AS/EU/@NA*4/OC/SA", 'c', "NA", "", "", "AF|AS|EU|~"},
    {"+/-/+/-", 'c', "", "", "", "+|-"},
    {"A+/-/B+/A+", 'c', "-", "", "", "A+|~|B+"},
    {"red/-/green/--", 'c', "-|--", "", "", "red|~|green|~"},
    {"Anna/Nan/Peter/Maria/Paul/John", 'c', "", "", "", "Anna|Nan"},
    {"Anna/nan/Peter/Maria/Paul/John", 'c', "nan", "", "", "Anna|~"},
    {"Smith/Null/Jones/Brown/Miller/Davis", 'c', "", "", "", "Smith|Null"},
    {"@?*20/a/b", 'c', "?", "", "", "~|~"},
    {"the quick fox/a lazy old dog/NA/jumps over it", 't', "NA", "", "", "the quick fox|a lazy old dog|~"},
    {"university.degree/high.school/unknown/basic.4y", 'c', "unknown", "", "", "university.degree"},
    /* categories, texts, sequences */
    {"yes/no/yes", 'c', "", "", "", "yes|no|yes"},
    {"true/false", 'c', "", "", "", "true|false"},
    {"<1H OCEAN/INLAND/NEAR BAY", 't', "", "", "", "<1H OCEAN"},
    {"[1, 2, 3]/[4, 5]", 's', "", "", "", "[1, 2, 3]|[4, 5]"},
    {"[1,2]/[]/[3]", 's', "", "", "", "[1,2]|[]|[3]"},
    {"[0.5 0.25]/[1.5 2]", 's', "", "", "", "[0.5 0.25]"},
    {"(1.5; 2.5)/(3; 4)", 's', "", "", "", "(1.5; 2.5)"},
    {"[[1,2],[3,4]]/[[5,6]]", 's', "", "", "", "[[1,2],[3,4]]"},
    {"[1, null, 3]/[2, 4]", 's', "", "", "", "[1, null, 3]"},
    {"[1]/[2]/[3]", 'c', "", "", "", "[1]"},
    {"['a', 'b']/['c', 'd']", 't', "", "", "", "['a', 'b']"},
    {"1 2 3/4 5 6", 't', "", "", "", "1 2 3"},
};

static int64_t expand(const char *cells, text *out, char *bytes)
{
    int64_t n = 0;
    char *to = bytes;
    for (const char *at = cells; at;) {
        const char *slash = strchr(at, '/');
        int size = slash ? (int)(slash - at) : (int)strlen(at);
        int low, high, times = 1;
        char word[256];
        const char *star = *at == '@' ? memchr(at, '*', (size_t)size) : NULL;
        if (*at == '@' && !star) {
            assert_int_equal(sscanf(at, "@%d..%d", &low, &high), 2);
            for (int k = low; k <= high; k++) {
                out[n++] = (text){to, sprintf(to, "%d", k)};
                to += out[n - 1].size + 1;
            }
        } else {
            const char *from = star ? at + 1 : at;
            snprintf(word, sizeof word, "%.*s", star ? (int)(star - from) : size, from);
            if (star) times = atoi(star + 1);
            for (char *p = word; *p; p++)
                if (*p == '\\') *p = '/';
            for (int k = 0; k < times; k++) {
                out[n++] = (text){to, sprintf(to, "%s", word)};
                to += out[n - 1].size + 1;
            }
        }
        at = slash ? slash + 1 : NULL;
    }
    return n;
}

static const char *joined_tokens(const column *c)
{
    static char out[512];
    size_t n = 0;
    out[0] = '\0';
    for (int32_t i = 0; i < c->n_missing_tokens; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", i ? "|" : "", (int)c->missing_tokens[i].size,
                              c->missing_tokens[i].data);
    return out;
}

static const char *first_values(const frame *f, int32_t at, const char *wanted)
{
    static char out[512];
    size_t n = 0, wanted_n = 1;
    char scratch[64];
    for (const char *p = wanted; *p; p++)
        wanted_n += *p == '|';
    for (int64_t row = 0; row < (int64_t)wanted_n && row < frame_rows(f); row++) {
        text t = frame_cell(f, at, row, scratch);
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", row ? "|" : "", t.data ? (int)t.size : 1,
                              t.data ? t.data : "~");
    }
    return out;
}

static int wrong(size_t i, const char *how, const frame *f, int32_t at)
{
    const meaning_case *m = &cases[i];
    const column *c = frame_column(f, at);
    const char *tokens = joined_tokens(c), *values = first_values(f, at, m->values);
    bool same = "nctds"[c->type] == m->type && !strcmp(tokens, m->tokens) && text_equal_to(c->format, m->format) &&
                text_equal_to(c->unit, m->unit) && !strcmp(values, m->values);
    if (!same)
        print_error("case %zu %s (%s): %s, tokens '%s', format '%.*s', unit '%.*s', values '%s': %.*s\n", i, how, m->cells,
                    column_type_names[c->type], tokens, (int)c->format.size, c->format.data, (int)c->unit.size, c->unit.data,
                    values, (int)c->reason.size, c->reason.data);
    return !same;
}

static int check_schema(size_t i, const frame *f, const char *csv)
{
    json_t *schema = frame_schema(f);
    frame_read_options options = {.schema = schema};
    frame *again = fixture_read(csv, &options);
    char one[33], two[33];
    frame_column_hash(f, 1, one);
    frame_column_hash(again, 1, two);
    int failed = wrong(i, "schema", again, 1) || strcmp(one, two);
    frame_free(again);
    json_decref(schema);
    return failed;
}

static int check_memory(size_t i, const text *cells, int64_t n)
{
    frame_builder *b = frame_builder_new(n);
    frame *built;
    assert_int_equal(frame_builder_texts(b, text_of("x"), cells, -1, NULL), PTG_OK);
    assert_int_equal(frame_builder_end(b, &built, NULL), PTG_OK);
    int failed = wrong(i, "memory", built, 0);
    frame_free(built);
    return failed;
}

static frame *retyped(const frame *f, const char *type, const column *tokens_of)
{
    json_t *tokens = json_array();
    for (int32_t i = 0; i < tokens_of->n_missing_tokens; i++)
        json_array_append_new(tokens, json_text(tokens_of->missing_tokens[i]));
    json_t *columns = json_pack("{s:{s:s, s:o}}", "x", "type", type, "missing_tokens", tokens);
    frame *out = NULL;
    ptg_error err = {0};
    if (frame_retype(f, columns, &out, &err)) fail_msg("%s", err.message);
    json_decref(columns);
    return out;
}

/* The same tokens told again change nothing; as categories, a file that is read with the schema has the same levels; and back
 * again the values are what they were. */
static int check_retyped(size_t i, const frame *f, const char *csv)
{
    const column *c = frame_column(f, 1);
    char one[33], two[33];
    frame *same = retyped(f, column_type_names[c->type], c);
    int failed = wrong(i, "told again", same, 1);
    frame *levels = retyped(f, "categorical", c);
    json_t *schema = frame_schema(levels);
    frame_read_options options = {.schema = schema};
    frame *read = fixture_read(csv, &options);
    frame_column_hash(levels, 1, one);
    frame_column_hash(read, 1, two);
    if (strcmp(one, two)) {
        print_error("case %zu: levels differ: %s", i, fixture_cells(levels));
        print_error(" and %s\n", fixture_cells(read));
        failed = 1;
    }
    frame *back = retyped(levels, column_type_names[c->type], c);
    failed |= wrong(i, "back", back, 1);
    frame_free(back);
    frame_free(read);
    json_decref(schema);
    frame_free(levels);
    frame_free(same);
    return failed;
}

static void finds_meanings(void **state)
{
    (void)state;
    static text cells[4096];
    static char bytes[65536];
    int failed = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t n = expand(cases[i].cells, cells, bytes);
        text_buffer csv = {0};
        text_append(&csv, "key,x,point\n"); /* the last column says that the file's decimal mark is a point */
        for (int64_t row = 0; row < n; row++) {
            text_print(&csv, "k%d,", (int)row);
            text_append_csv(&csv, cells[row], ',');
            text_append(&csv, ",1.5\n");
        }
        frame *f = fixture_read(csv.data, NULL);
        failed += wrong(i, "file", f, 1) || check_schema(i, f, csv.data) || check_memory(i, cells, n) ||
                  check_retyped(i, f, csv.data);
        frame_free(f);
        text_buffer_clear(&csv);
    }
    if (failed) fail_msg("%d of %d cases", failed, (int)(sizeof cases / sizeof *cases));
}

static const column_token *token_named(const column *c, const char *value)
{
    for (int32_t i = 0; i < c->n_tokens; i++)
        if (text_equal_to(c->tokens[i].value, value)) return &c->tokens[i];
    fail_msg("%.*s has no record of '%s'", (int)c->name.size, c->name.data, value);
    return NULL;
}

static void check_records(const frame *f)
{
    const column *price = frame_column(f, frame_find(f, text_of("price")));
    assert_int_equal(price->n_affixed, 3);
    assert_int_equal(price->affixes[AFFIX_CURRENCY], 2);
    assert_int_equal(price->affixes[AFFIX_THOUSANDS], 1);
    assert_int_equal(price->affixes[AFFIX_PARENTHESES], 1);
    assert_int_equal(price->n_like_numbers, 5);
    const column *size = frame_column(f, frame_find(f, text_of("size")));
    assert_int_equal(size->n_non_finite, 2);
    assert_true(token_named(size, "-999")->missing);
    assert_int_equal(token_named(size, "-999")->count, 2);
    const column *kind = frame_column(f, frame_find(f, text_of("kind")));
    assert_false(token_named(kind, "none")->missing);
    assert_true(token_named(kind, "?")->missing && token_named(kind, "?")->reason.size > 20);
    assert_int_equal(kind->n_missing_tokens, 1);
    const column *when = frame_column(f, frame_find(f, text_of("when")));
    assert_true(text_equal_to(when->format, "%m/%d/%Y") && text_equal_to(when->other_format, "%d/%m/%Y"));
    const column *month = frame_column(f, frame_find(f, text_of("month")));
    assert_true(text_equal_to(month->order, "months"));
    for (int32_t i = 0; i < month->n_levels; i++)
        assert_int_equal(column_level_rank(month, i), text_equal_to(month->levels[i], "Jan")    ? 0
                                                      : text_equal_to(month->levels[i], "sept") ? 8
                                                                                                : 11);
    assert_int_equal(column_level_rank(month, 3), -1);
    const column *mixed = frame_column(f, frame_find(f, text_of("mixed")));
    assert_int_equal(mixed->n_like_numbers, 2);
    assert_int_equal(mixed->n_like_dates, 3);
}

/* What was found out about cells is in the column, and in the frame's file. */
static void records_what_was_found(void **state)
{
    (void)state;
    static const char csv[] = "price,size,kind,when,month,mixed\n"
                              "\"$1,200\",1e400,none,01/02/2012,Jan,1\n"
                              "(5),2,?,03/04/2012,sept,2012-01-05\n"
                              "$3,-inf,big,05/01/2011,December,2.5\n"
                              "4,-999,small,07/02/2013,Jan,2013-03-01\n"
                              "5,-999,small,07/02/2013,Jan,2013-03-02\n"
                              ",60,small,,Jan,other\n";
    frame *f = fixture_read(csv, NULL), *mapped = NULL;
    check_records(f);
    assert_int_equal(frame_save(f, fixture_path(), NULL), PTG_OK);
    assert_int_equal(frame_open(fixture_path(), &mapped, NULL), PTG_OK);
    check_records(mapped);
    unlink(fixture_path());
    frame_free(mapped);
    frame_free(f);
}

/* The classes of a target are not guessed away. */
static void leaves_a_target_alone(void **state)
{
    (void)state;
    static const char csv[] = "x,y,z\n1,unknown,0\n2,none,1\n3,-,2\n4,yes,1\n5,NA,999\n6,no,999\n";
    frame *f = fixture_read(csv, &(frame_read_options){.target = "y"});
    assert_string_equal(fixture_cells(f), "1|unknown|0/2|none|1/3|-|2/4|yes|1/5|~|~/6|no|~");
    frame_free(f);
    f = fixture_read(csv, &(frame_read_options){.target = "z"});
    assert_string_equal(fixture_cells(f), "1|~|0/2|none|1/3|~|2/4|yes|1/5|~|999/6|no|999");
    frame_free(f);
    f = fixture_read("x,y\n1,NA\n2,NA\n3,NA\n4,NA\n5,yes\n6,no\n", &(frame_read_options){.target = "y"});
    assert_string_equal(fixture_cells(f), "1|~/2|~/3|~/4|~/5|yes/6|no");
    frame_free(f);
}

/* One row from memory tells nothing of formats and tokens: it is read as the schema says, like the same cells of a file. */
static void a_schema_reads_rows_from_memory(void **state)
{
    (void)state;
    frame *trained = fixture_read("when,price,clock,pdays,plain\n13/02/2012,\"$1,200\",1645,999,7\n"
                                  "05/03/2012,$7,930,999,8\n06/03/2012,$9,15,1,9\n08/03/2012,$9,2015,2,10\n",
                                  &(frame_read_options){0});
    json_t *schema = frame_schema(trained), *columns = json_object_get(schema, "columns");
    json_object_set_new(json_object_get(columns, "clock"), "format", json_string("clock=hhmm"));
    const double numbers[] = {1645, 999, 9};
    const char *const names[] = {"clock", "pdays"};
    const char *const texts[] = {"03/04/2012", "$2,500", "1,5"}, *const text_names[] = {"when", "price", "plain"};
    frame_builder *b = frame_builder_new(1);
    frame *f, *g;
    for (int i = 0; i < 2; i++)
        assert_int_equal(frame_builder_numbers(b, text_of(names[i]), COLUMN_NUMERIC, &numbers[i], NULL), PTG_OK);
    for (int i = 0; i < 3; i++) {
        const text cell = text_of(texts[i]);
        assert_int_equal(frame_builder_texts(b, text_of(text_names[i]), &cell, -1, NULL), PTG_OK);
    }
    assert_int_equal(frame_builder_end_untyped(b, &f, NULL), PTG_OK);
    assert_string_equal(fixture_types(f), "clock:numeric pdays:numeric when:text price:text plain:text");
    for (int32_t i = 0; i < frame_columns(f); i++)
        assert_false(frame_column_is_as(
            f, i, json_object_getn(columns, frame_column(f, i)->name.data, (size_t)frame_column(f, i)->name.size)));
    ptg_error err = {0};
    if (frame_retype(f, columns, &g, &err)) fail_msg("%s", err.message);
    assert_string_equal(fixture_types(g), "clock:numeric pdays:numeric when:datetime price:numeric plain:numeric");
    assert_string_equal(fixture_cells(g), "1005|~|2012-04-03|2500|~");
    frame_free(g);
    frame_free(f);
    json_decref(schema);
    frame_free(trained);
}

/* Many kinds of cells at once: the table of the two tests below. */
static void append_table(text_buffer *csv, int n)
{
    static const char *const kinds[] = {"none", "unknown", "big", "small"};
    text_append(csv, "price,when,age,clock,pdays,day,list,kind,note\n");
    for (int i = 0; i < n; i++)
        text_print(csv, "\"$%d,%03d\",%02d/%02d/2012,%d %s,%d%02d,%d,%04d%02d%02d,\"[%d, %d]\",%s,%s\n", i + 1, i * 7 % 1000,
                   i % 28 + 1, i % 12 + 1, i % 9 + 1, i % 2 ? "years" : "weeks", i % 24, i * 7 % 60, i % 3 ? 999 : i % 27,
                   2000 + i % 20, i % 12 + 1, i % 28 + 1, i, i + 1, kinds[i % 4], i % 50 ? "some words here" : "NULL");
}

static void is_the_same_at_any_number_of_threads(void **state)
{
    (void)state;
    text_buffer csv = {0};
    append_table(&csv, 4000);
    frame *first = fixture_read(csv.data, NULL);
    assert_string_equal(fixture_types(first),
                        "price:numeric when:datetime age:numeric clock:numeric pdays:numeric day:datetime "
                        "list:sequence kind:categorical note:categorical");
    for (int threads = 1; threads <= 3; threads++) {
        pool *p = pool_new(threads);
        frame *f = fixture_read(csv.data, &(frame_read_options){.threads = p, .chunk_bytes = 997});
        for (int32_t i = 0; i < frame_columns(f); i++) {
            char one[33], two[33];
            frame_column_hash(first, i, one);
            frame_column_hash(f, i, two);
            assert_string_equal(one, two);
            assert_true(text_equal(frame_column(f, i)->reason, frame_column(first, i)->reason));
            assert_int_equal(frame_column(f, i)->n_tokens, frame_column(first, i)->n_tokens);
        }
        frame_free(f);
        pool_free(p);
    }
    frame_free(first);
    text_buffer_clear(&csv);
}

static void survives_failing_memory(void **state)
{
    (void)state;
#ifdef PTG_FAULTS
    text_buffer csv = {0};
    append_table(&csv, 60);
    fixture_file(csv.data, (size_t)csv.size);
    json_t *change = json_pack("{s:{s:s, s:[]}, s:{s:s, s:[s]}}", "pdays", "type", "numeric", "missing_tokens", "kind", "type",
                               "categorical", "missing_tokens", "big");
    bool whole = false;
    for (int64_t n = 1; n < 5000 && !whole; n++) {
        frame *f = NULL, *g = NULL;
        ptg_error err = {0};
        mem_fail_at(n);
        ptg_status status = frame_read(fixture_path(), NULL, &f, &err);
        if (status == PTG_OK) status = frame_retype(f, change, &g, &err);
        mem_fail_at(0);
        whole = status == PTG_OK;
        assert_true(whole || (status == PTG_ERROR_MEMORY && !g));
        frame_free(g);
        frame_free(f);
    }
    assert_true(whole);
    unlink(fixture_path());
    json_decref(change);
    text_buffer_clear(&csv);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_meanings),
                                       cmocka_unit_test(records_what_was_found),
                                       cmocka_unit_test(leaves_a_target_alone),
                                       cmocka_unit_test(a_schema_reads_rows_from_memory),
                                       cmocka_unit_test(is_the_same_at_any_number_of_threads),
                                       cmocka_unit_test(survives_failing_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
