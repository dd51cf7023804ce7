/* body - the request and response bodies of the three APIs. */
#ifndef RT_WORLD_BODY_H
#define RT_WORLD_BODY_H

#include "world/scene.h"

/* the value of "request"; returns the bytes of text in it, for the count of tokens */
size_t rt__body_request(rt__pen *p, const rt__scene *s, const rt__event *e);
/* the value of "response" for that many bytes of request */
void rt__body_response(rt__pen *p, const rt__scene *s, const rt__event *e, size_t request_bytes);
/* "/v1/..." */
const char *rt__body_endpoint(const rt__scene *s);
/* tokens of the answer, the cap included */
uint32_t rt__body_answer(const rt__scene *s, const rt__event *e, bool *cut);

#endif
