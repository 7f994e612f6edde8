// A whole network over a block of images or one: forward, and loss and backward. The activations stay where they are
// made; on the way back each becomes, in place, the gradient by its layer's sums.
#pragma once

#include "../single/convolution.h"
#include "../single/dense.h"
#include "convolution.h"
#include "dense.h"
#include "input.h"
#include "loss.h"
#include "normalisation.h"
#include "pooling.h"

namespace lenet {
namespace LENET_ISA {

template <class T>
inline void forward_layer(const Layer& layer, const float* parameters, const T* x, T* y, T* scratch, const Pass& pass) {
  Layer dense;
  switch (layer.kind) {  // convolutions and dense layers apply their activation themselves
    case Kind::conv:
      return as_dense(layer, dense) ? forward_dense(dense, parameters, x, y, scratch)
                                    : forward_convolution(layer, parameters, x, y, scratch);
    case Kind::dense: return forward_dense(layer, parameters, x, y, scratch);
    case Kind::rbf: forward_rbf(layer, parameters, x, y); break;
    case Kind::flatten:
      std::memcpy(static_cast<void*>(y), static_cast<const void*>(x), sizeof(T) * static_cast<size_t>(layer.in.size()));
      break;
    case Kind::response_norm:
    case Kind::contrast_norm: forward_norm(layer, parameters, x, y, scratch, pass); break;
    default: forward_pool(layer, parameters, x, y, scratch, pass);
  }
  activate(layer.activation, y, static_cast<size_t>(layer.out.size()));
}

template <class T>
inline void backward_layer(const Layer& layer, const float* parameters, T* x, const T* delta, T* scratch,
                           const Gradient& gradient, const Pass& pass) {
  Layer dense;
  switch (layer.kind) {
    case Kind::conv:
      return as_dense(layer, dense) ? backward_dense(dense, parameters, x, delta, scratch, gradient)
                                    : backward_convolution(layer, parameters, x, delta, scratch, gradient);
    case Kind::dense: return backward_dense(layer, parameters, x, delta, scratch, gradient);
    case Kind::rbf: return backward_rbf(layer, parameters, x, delta, gradient);
    case Kind::flatten:
      if (layer.descends) descend(layer.before, x, delta, static_cast<size_t>(layer.in.size()));
      return;
    case Kind::response_norm:
    case Kind::contrast_norm: return backward_norm(layer, parameters, x, delta, scratch, gradient, pass);
    default: return backward_pool(layer, parameters, x, delta, scratch, gradient, pass);
  }
}

template <class T>
inline void forward_layers(const Plan& plan, const float* parameters, T* workspace, const Pass& pass) {
  const T* x = workspace + plan.input;
  for (int i = 0; i < plan.count; ++i) {
    T* y = workspace + plan.layers[i].place;
    forward_layer(plan.layers[i], parameters, x, y, workspace + plan.scratch, pass);
    x = y;
  }
}

template <class T>
inline Tally learn_layers(const Plan& plan, const float* parameters, const int64_t* labels, const Objective& objective,
                          T* workspace, const Gradient& gradient, const Pass& pass) {
  forward_layers(plan, parameters, workspace, pass);
  const Layer& last = plan.last();
  T* outputs = workspace + last.place;
  T* scratch = workspace + plan.scratch;
  T* kept = scratch + last.out.maps;  // the outputs, for the slope of the last activation
  for (int i = 0; i < last.out.maps; ++i) kept[i] = outputs[i];
  const Tally tally = lose(last, objective, labels, pass.count, outputs, scratch);
  if (last.activation != Activation::none) {
    descend(last.activation, kept, outputs, static_cast<size_t>(last.out.maps));
    for (int i = 0; i < last.out.maps; ++i) outputs[i] = kept[i];
  }
  for (int i = plan.count - 1; i >= 0; --i) {
    T* x = workspace + (i ? plan.layers[i - 1].place : plan.input);
    backward_layer(plan.layers[i], parameters, x, workspace + plan.layers[i].place, scratch, gradient, pass);
  }
  return tally;
}

}  // namespace LENET_ISA
}  // namespace lenet
