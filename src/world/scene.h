/* scene - one conversation: whose it is, what it is about, and the texts of its turns.
 *
 * Everything follows from (source, conversation), so a later turn repeats the earlier ones exactly.
 * Texts are written JSON-escaped.
 */
#ifndef RT_WORLD_SCENE_H
#define RT_WORLD_SCENE_H

#include "world/pen.h"
#include "world/stream.h"

typedef struct rt__scene {
  const rt__plan *plan;
  const rt__source *source;
  const rt__account *account;
  rt__program program; /* with what varies already decided */
  rt__material material;
  uint64_t seed; /* of the conversation */
  uint64_t item; /* number of the task */
  uint32_t conv;
  uint8_t topic;
  bool probe, replay;
} rt__scene;

void rt__scene_open(rt__scene *s, const rt__plan *p, const rt__event *e);

bool rt__scene_has_system(const rt__scene *s);
void rt__scene_system(rt__pen *p, const rt__scene *s);
void rt__scene_user(rt__pen *p, const rt__scene *s, uint32_t turn);
void rt__scene_assistant(rt__pen *p, const rt__scene *s, uint32_t turn);
void rt__scene_tool_result(rt__pen *p, const rt__scene *s, uint32_t turn);
/* name of the tool called in that turn, and its arguments as JSON inside a JSON string */
const char *rt__scene_call(rt__pen *p, const rt__scene *s, uint32_t turn);
/* JSON array of the tools in the form of that API; nothing without tools */
void rt__scene_tools(rt__pen *p, const rt__scene *s);

#endif
