/* tokenizer_shape - which of our kinds a tokenizer.json describes, by its normalizer, pre-tokenizer
 * and model. */
#include "distill/tokenizer_json.h"

static bool is(const json_t *v, const char *text)
{
  return rt__slice_eq(rt__json_text(v), rt__cstr(text));
}

static bool has_type(const json_t *o, const char *type)
{
  return is(rt__json_at(o, "type"), type);
}

static bool absent(const json_t *v)
{
  return !v || json_is_null(v);
}

static rt_code unknown(const char *part, const json_t *o, rt_error *err)
{
  rt_slice type = rt__json_text(rt__json_at(o, "type"));
  return rt__fail(err, RT_E_FORMAT, "tokenizer.json: a %s of the kind \"%.64s\" isn't built here",
                  part, type.p ? type.p : "?");
}

/* the i-th part of a sequence under `list`; of a single part, itself */
static const json_t *part(const json_t *o, const char *list, size_t i)
{
  if (has_type(o, "Sequence"))
    return json_array_get(rt__json_at(o, list), i);
  return i == 0 && !absent(o) ? o : NULL;
}

/* ---- byte-level: Split, Digits and ByteLevel become steps */

static rt_code step_of(const json_t *o, rt__matcher *step, bool *bytes, rt_error *err)
{
  *step = NULL;
  if (has_type(o, "ByteLevel")) {
    *bytes = true;
    if (json_is_true(rt__json_at(o, "add_prefix_space")))
      return rt__fail(err, RT_E_FORMAT,
                      "tokenizer.json: a blank in front of the text isn't built here");
    if (!json_is_false(rt__json_at(o, "use_regex")))
      *step =
          rt__matcher_find(rt__cstr(rt__matcher_regex(rt__pre_find(RT__LIT("gpt-2"))->steps[0])));
    return RT_OK;
  }
  if (has_type(o, "Digits") && json_is_true(rt__json_at(o, "individual_digits"))) {
    *step = rt__matcher_find(RT__LIT("\\p{N}"));
    return RT_OK;
  }
  if (!has_type(o, "Split") || !is(rt__json_at(o, "behavior"), "Isolated") ||
      json_is_true(rt__json_at(o, "invert")))
    return unknown("pre-tokenizer", o, err);
  rt_slice regex = rt__json_text(rt__json_at(rt__json_at(o, "pattern"), "Regex"));
  *step = rt__matcher_find(regex);
  if (!*step)
    return rt__fail(err, RT_E_FORMAT,
                    "tokenizer.json: the pre-tokenizer's pattern \"%.100s\" is unknown here",
                    regex.p ? regex.p : "");
  return RT_OK;
}

static rt_code bytes_shape(const json_t *pre, rt__tokjson_shape *s, rt_error *err)
{
  rt__matcher steps[RT__PRE_STEPS_MAX + 1] = {0};
  size_t n = 0;
  bool bytes = false;
  const json_t *o;
  for (size_t i = 0; (o = part(pre, "pretokenizers", i)) != NULL && n <= RT__PRE_STEPS_MAX; i++) {
    rt_code code = step_of(o, &steps[n], &bytes, err);
    if (code)
      return code;
    n += steps[n] != NULL;
  }
  s->kind = RT__TOK_BPE;
  bool usable = bytes && n && n <= RT__PRE_STEPS_MAX;
  s->pre = usable ? rt__pre_of_steps(steps, s->ignore_merges) : NULL;
  if (usable && !s->pre) /* a habit that no name has: the name only counts in GGUF */
    s->pre = rt__pre_of_steps(steps, !s->ignore_merges);
  return s->pre ? RT_OK
                : rt__fail(err, RT_E_FORMAT, "tokenizer.json: its pre-tokenizer is unknown here");
}

/* ---- SentencePiece: blanks become U+2581, in the normalizer or by a Metaspace */

static rt_code spm_normalizer(const json_t *normalizer, rt__tokjson_shape *s, rt_error *err)
{
  const json_t *o;
  for (size_t i = 0; (o = part(normalizer, "normalizers", i)) != NULL; i++) {
    if (has_type(o, "Prepend") && is(rt__json_at(o, "prepend"), RT__SPM_BLANK))
      s->add_space_prefix = true;
    else if (!has_type(o, "Replace") || !is(rt__json_at(o, "content"), RT__SPM_BLANK) ||
             !is(rt__json_at(rt__json_at(o, "pattern"), "String"), " "))
      return unknown("normalizer", o, err);
  }
  return RT_OK;
}

static rt_code spm_pre(const json_t *pre, rt__tokjson_shape *s, rt_error *err)
{
  if (absent(pre))
    return RT_OK;
  if (has_type(pre, "Split") && is(rt__json_at(rt__json_at(pre, "pattern"), "String"), " "))
    return RT_OK; /* no blanks are left to split at */
  if (!has_type(pre, "Metaspace") || !is(rt__json_at(pre, "replacement"), RT__SPM_BLANK) ||
      !json_is_false(rt__json_at(pre, "split")))
    return unknown("pre-tokenizer", pre, err);
  s->add_space_prefix = !is(rt__json_at(pre, "prepend_scheme"), "never");
  return RT_OK;
}

/* ---- what is added around a text */

static bool is_special(const json_t *o)
{
  return rt__json_at(o, "SpecialToken") != NULL;
}

static void read_template(const json_t *post, rt__tokjson_shape *s)
{
  const json_t *o;
  for (size_t i = 0; (o = part(post, "processors", i)) != NULL; i++) {
    const json_t *single = rt__json_at(o, "single");
    size_t n = json_array_size(single);
    if (!has_type(o, "TemplateProcessing") || n < 2)
      continue;
    s->add_bos = is_special(json_array_get(single, 0));
    s->add_eos = is_special(json_array_get(single, n - 1));
  }
}

static bool is_empty(const json_t *v)
{
  return absent(v) || (json_is_string(v) && json_string_length(v) == 0);
}

static rt_code check_model(const json_t *model, rt_error *err)
{
  static const char *const no[] = {"dropout", "continuing_subword_prefix", "end_of_word_suffix"};
  /* files of old have no type */
  if (!json_is_object(model) || (rt__json_at(model, "type") && !has_type(model, "BPE")))
    return unknown("model", model, err);
  for (size_t i = 0; i < RT__ARRAY_LEN(no); i++)
    if (!is_empty(rt__json_at(model, no[i])))
      return rt__fail(err, RT_E_FORMAT, "tokenizer.json: a model with \"%s\" isn't built here",
                      no[i]);
  return RT_OK;
}

rt_code rt__tokjson_shape_of(const json_t *json, rt__tokjson_shape *s, rt_error *err)
{
  const json_t *model = rt__json_at(json, "model"), *normalizer = rt__json_at(json, "normalizer");
  const json_t *pre = rt__json_at(json, "pre_tokenizer");
  *s = (rt__tokjson_shape){.ignore_merges = json_is_true(rt__json_at(model, "ignore_merges"))};
  rt_code code = check_model(model, err);
  if (code)
    return code;
  read_template(rt__json_at(json, "post_processor"), s);
  if (json_is_true(rt__json_at(model, "byte_fallback"))) {
    s->kind = RT__TOK_SPM;
    code = spm_normalizer(normalizer, s, err);
    return code ? code : spm_pre(pre, s, err);
  }
  if (!absent(normalizer) && !has_type(normalizer, "NFC"))
    return unknown("normalizer", normalizer, err);
  return bytes_shape(pre, s, err);
}
