/* collect - an emit that gathers what is written, and one whose disk is full. */
#ifndef COLLECT_H
#define COLLECT_H

#include "report/emit.h"

typedef struct collected {
  char text[1 << 16];
  size_t n, room; /* room 0: all of text */
} collected;

static rt_code collect(void *ctx, const void *p, size_t n, rt_error *err)
{
  collected *c = ctx;
  size_t room = c->room ? c->room : sizeof c->text - 1;
  if (n > room - c->n)
    return rt__fail(err, RT_E_IO, "full");
  memcpy(c->text + c->n, p, n);
  c->n += n;
  c->text[c->n] = '\0';
  return RT_OK;
}

#endif
