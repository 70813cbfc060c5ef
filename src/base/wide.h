/* 128-bit whole numbers, a GNU extension, in one place. */
#ifndef BASE_WIDE_H
#define BASE_WIDE_H

__extension__ typedef unsigned __int128 wide;

#endif
