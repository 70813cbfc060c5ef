/* The most usual way to write a date, read fast. Private to table/. */
#ifndef TABLE_ISO_DATE_H
#define TABLE_ISO_DATE_H

#include "table/datetime.h"

/* All of the text as YYYY-MM-DD, YYYY-MM-DD HH:MM or YYYY-MM-DD HH:MM:SS (or T for the blank), each part of that many digits;
 * as datetime_read. False for anything else, which may still be a date of that family. */
bool iso_date_read(text bare, double *seconds, datetime_details *seen);

#endif
