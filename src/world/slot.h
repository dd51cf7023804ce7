/* slot - what fills a template: the part of a prompt that is different each time. */
#ifndef RT_WORLD_SLOT_H
#define RT_WORLD_SLOT_H

#include "world/scene.h"

void rt__slot(rt__pen *p, const rt__scene *s);
/* a later turn of a person */
void rt__slot_later(rt__pen *p, const rt__scene *s, uint32_t turn);
/* some prose on the topic, of about n bytes: answers, results of tools */
void rt__slot_prose(rt__pen *p, const rt__scene *s, uint64_t which, size_t n);

#endif
