/* tokenizer_json - the forms that tokenizer.json gives to what rt_tokenizer holds, for its reader
 * and its writer. */
#ifndef RT_DISTILL_TOKENIZER_JSON_H
#define RT_DISTILL_TOKENIZER_JSON_H

#include "distill/import_json.h"
#include "distill/tokenizer_in.h"

#define RT__TOKJSON_MAX ((size_t)128 << 20)

/* what the parts around the vocabulary say */
typedef struct rt__tokjson_shape {
  rt__tok_kind kind;
  const rt__pre *pre;    /* BPE */
  bool add_space_prefix; /* SPM */
  bool ignore_merges;
  bool add_bos, add_eos; /* by the post-processor */
} rt__tokjson_shape;

/* RT_E_FORMAT naming the part that isn't built here */
rt_code rt__tokjson_shape_of(const json_t *json, rt__tokjson_shape *s,
                             rt_error *err) RT__MUST_CHECK;

#endif
