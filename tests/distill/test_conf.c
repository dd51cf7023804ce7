/* settings: printed and read back they are the same; what is wrong is named with its line */
#include "distill/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void print_and_parse(void **state)
{
  (void)state;
  rt_conf a, b;
  rt__buf text, again;
  rt_conf_default(&a);
  a.rate = 0.1 + 0.2; /* needs all its digits */
  a.seed = 9000000000000000u;
  a.tied = false;
  a.layers = 7;
  rt__buf_init(&text, rt_alloc_default(), RT_CONF_BYTES_MAX);
  rt__buf_init(&again, rt_alloc_default(), RT_CONF_BYTES_MAX);
  assert_int_equal(rt_conf_print(&a, &text), RT_OK);
  rt_conf_default(&b);
  assert_int_equal(rt_conf_parse(&b, rt__buf_slice(&text), NULL), RT_OK);
  assert_int_equal(rt_conf_print(&b, &again), RT_OK);
  assert_true(rt__slice_eq(rt__buf_slice(&text), rt__buf_slice(&again)));
  assert_true(b.seed == a.seed && b.layers == 7 && !b.tied);
  rt__buf_free(&text);
  rt__buf_free(&again);
}

static void refusals(void **state)
{
  (void)state;
  static const struct {
    const char *text, *says;
    uint64_t line;
  } rows[] = {
      {"layers = 2\n\n# fine\nlayer = 2\n", "no setting 'layer'", 4},
      {"layers = 2\nlayers = 3", "given twice", 2},
      {"layers", "no name = value", 1},
      {"layers = ", "layers is a whole number", 1},
      {"layers = 2.5", "layers is a whole number", 1},
      {"layers = -1", "layers is a whole number", 1},
      {"layers = 100000", "layers is a whole number from 0 to 256", 1},
      {"layers = 1e999", "layers is a whole number", 1},
      {"rate = nan", "rate is a number", 1},
      {"rate = 0", "rate is a number", 1},
      {"tied = yes", "tied is true or false", 1},
      {"start = middle", "start is one of random|teacher", 1},
      {"arch = gpt2", "arch is one of llama|qwen2|qwen3", 1},
      {"loss = klklklklklklklklklklklklklklklklklklklklklklklkl", "loss is one of", 1},
      {"= 3", "no setting ''", 1},
  };
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_conf c;
    rt_error err = {0};
    rt_conf_default(&c);
    assert_int_not_equal(rt_conf_parse(&c, rt__cstr(rows[i].text), &err), RT_OK);
    if (!strstr(err.message, rows[i].says) || err.line != rows[i].line)
      fail_msg("%s: %s", rows[i].text, err.message);
  }
}

/* every architecture that a student can have is one that there is */
static void architectures(void **state)
{
  (void)state;
  for (size_t i = 0; i < rt_arch_count(); i++) {
    rt_conf c;
    rt_model_config m;
    char line[64];
    (void)snprintf(line, sizeof line, "arch = %s", rt_arch_at(i)->name);
    rt_conf_default(&c);
    assert_int_equal(rt_conf_parse(&c, rt__cstr(line), NULL), RT_OK);
    assert_int_equal(rt_conf_model(&c, NULL, 100, &m, NULL), RT_OK);
    assert_ptr_equal(m.arch, rt_arch_at(i));
  }
}

static void shapes_that_do_not_fit(void **state)
{
  (void)state;
  static const char *const rows[] = {"heads = 3\nkv_heads = 2", "head_dim = 7",
                                     "seq = 100\ncontext = 50", "heads = 500\nd_model = 100"};
  for (size_t i = 0; i < RT__ARRAY_LEN(rows); i++) {
    rt_conf c;
    rt_model_config m;
    rt_error err;
    rt_conf_default(&c);
    assert_int_equal(rt_conf_parse(&c, rt__cstr(rows[i]), NULL), RT_OK);
    assert_int_equal(rt_conf_model(&c, NULL, 100, &m, &err), RT_E_ARG);
  }
  rt_conf c;
  rt_model_config m;
  rt_model *model;
  rt_error err;
  rt_conf_default(&c);
  assert_int_equal(rt_conf_model(&c, NULL, 0, &m, &err), RT_E_ARG);
  assert_int_equal(rt_conf_model(&c, NULL, 1u << 20, &m, NULL), RT_OK);
  assert_int_equal(rt_model_new(rt_alloc_default(), &m, 1u << 20, &model, &err), RT_E_LIMIT);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(print_and_parse),
      cmocka_unit_test(refusals),
      cmocka_unit_test(architectures),
      cmocka_unit_test(shapes_that_do_not_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
