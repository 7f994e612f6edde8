// The losses and their gradients by the outputs, for a block of images or one.
#pragma once

#include "layer.h"

namespace lenet {
namespace LENET_ISA {

LENET_INLINE float& at(V* v, int i, int lane) { return reinterpret_cast<float*>(v + i)[lane]; }
LENET_INLINE float& at(float* v, int i, int) { return v[i]; }

// exp(sign (y_i - best)) in `e`, best: the largest of sign y_i (and of -j, if it counts); returns their sum.
template <class T>
inline T exponentials(const T* y, int classes, float sign, const float* j, T* e, T& best) {
  best = y[0] * sign;
  for (int i = 1; i < classes; ++i) best = maximum(best, y[i] * sign);
  if (j) best = maximum(best, broadcast<T>(-*j));
  T sum{};
  for (int i = 0; i < classes; ++i) sum += e[i] = exponential(y[i] * sign - best);
  if (j) sum += exponential(-*j - best);
  return sum;
}

// Turns y, the outputs (classes), into the gradient of the loss by them, and returns the loss and how many are read
// wrong, over the lanes in use; lanes that aren't get no gradient. `scratch`: one vector a class.
template <class T>
inline Tally lose(const Layer& last, const Objective& objective, const int64_t* labels, int count, T* y, T* scratch) {
  const int classes = last.out.maps;
  const bool distances = last.kind == Kind::rbf;
  const float sign = distances ? -1.0f : 1.0f;
  Tally tally{0.0, 0};
  for (int lane = 0; lane < count; ++lane) {  // the first of the best scores is the answer
    int answer = 0;
    for (int i = 1; i < classes; ++i)
      if (at(y, i, lane) * sign > at(y, answer, lane) * sign) answer = i;
    tally.errors += answer != labels[lane];
  }
  if (objective.loss == Loss::cross_entropy || objective.loss == Loss::discriminative) {
    const float* j = objective.loss == Loss::discriminative ? &objective.j : nullptr;
    T best;
    T sum = exponentials(y, classes, sign, j, scratch, best);
    for (int lane = 0; lane < count; ++lane)  // log-sum-exp - sign y_D
      tally.loss +=
          at(&best, 0, lane) + __builtin_logf(at(&sum, 0, lane)) - sign * at(y, static_cast<int>(labels[lane]), lane);
    for (int i = 0; i < classes; ++i) y[i] = scratch[i] / sum * sign;
    for (int lane = 0; lane < count; ++lane) at(y, static_cast<int>(labels[lane]), lane) -= sign;
  } else if (objective.loss == Loss::distance) {
    for (int lane = 0; lane < count; ++lane) tally.loss += at(y, static_cast<int>(labels[lane]), lane);
    for (int i = 0; i < classes; ++i) y[i] = T{};
    for (int lane = 0; lane < count; ++lane) at(y, static_cast<int>(labels[lane]), lane) = 1.0f;
  } else {  // squared: y_i - t_i
    for (int i = 0; i < classes; ++i) y[i] = y[i] + broadcast<T>(1.0f);
    for (int lane = 0; lane < count; ++lane) at(y, static_cast<int>(labels[lane]), lane) -= 2.0f;
    for (int lane = 0; lane < count; ++lane)
      for (int i = 0; i < classes; ++i) tally.loss += 0.5 * at(y, i, lane) * at(y, i, lane);
  }
  T share{};
  for (int lane = 0; lane < count; ++lane) at(&share, 0, lane) = objective.share;
  for (int i = 0; i < classes; ++i) y[i] = y[i] * share;
  return tally;
}

}  // namespace LENET_ISA
}  // namespace lenet
