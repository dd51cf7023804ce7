/* student - a student's first weights: layers cut out of the teacher.
 *
 * The student keeps the teacher's embedding, head, norms and width, and some of its layers, in
 * their order. Which ones:
 *  - evenly: first and last and the rest at equal distances;
 *  - importance: those that change their input most on the user's text (1 - cosine between a
 * layer's input and output, averaged over positions; Men et al. 2024). First and last are always
 * kept: the first's input is an embedding, the last's output goes to the head.
 */
#ifndef RT_DISTILL_STUDENT_H
#define RT_DISTILL_STUDENT_H

#include "distill/corpus.h"
#include "distill/net.h"

/* n of `layers`, ascending */
rt_code rt_student_evenly(uint32_t layers, uint32_t n, uint32_t *out, rt_error *err) RT__MUST_CHECK;

/* measured on at most `windows` windows of the corpus (which has been cut); `turned` gets the
 * teacher's layers' figures */
rt_code rt_student_importance(rt__engine *e, const rt_model *teacher, const rt_corpus *c,
                              size_t windows, double *turned, rt_error *err) RT__MUST_CHECK;
rt_code rt_student_choose(const double *turned, uint32_t layers, uint32_t n, uint32_t *out,
                          rt_error *err) RT__MUST_CHECK;

/* RT_E_ARG naming the field in which the student differs from the teacher in more than its layers
 */
rt_code rt_student_cut(const rt_model *teacher, const uint32_t *layers, uint32_t n,
                       rt_model *student, rt_error *err) RT__MUST_CHECK;

#endif
