// A network as the engine runs it: layers with shapes, places in the flat row of parameters, and places in a workspace.
// Plain data: the kernels read it, compiled for whatever instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

// Always inlined, since the kernels of every instruction set call them: the linker keeps one copy of a function, and it
// could be that of a better set than the processor's.
#define LENET_PLAIN inline __attribute__((always_inline))

namespace lenet {

// The numbers of these two are those of the tables in src/lenet/engine/description.py.
enum class Kind : int {
  conv,
  subsample,
  mean_pool,
  max_pool,
  l2_pool,
  stochastic_pool,
  deformable_pool,
  response_norm,
  contrast_norm,
  flatten,
  dense,
  rbf,
};

enum class Activation : int { none, scaled_tanh, tanh, sigmoid, relu };

enum class Loss : int { cross_entropy, distance, discriminative, squared };

struct Shape {
  int maps, rows, columns;
  LENET_PLAIN int area() const { return rows * columns; }
  LENET_PLAIN int size() const { return maps * rows * columns; }
};

// Which maps a map is connected with: those of map m are maps[start[m]] to maps[start[m + 1] - 1], rising.
struct Connections {
  const int* start;
  const int* maps;
};

struct Layer {
  Kind kind;
  Activation activation;
  Shape in, out;
  int window;   // rows and columns of a kernel or pool; maps in a response norm
  int stride;   // pixels
  int padding;  // pixels
  int copies;   // of a subsampling
  bool bias;
  bool learned;           // RBF: whether its codes are parameters
  float constants[3];     // response norm: alpha, beta, k; contrast norm: deviation, floor
  size_t weight, offset;  // places in the parameters: weights (coefficients, penalties, codes), and biases
  const float* codes;     // RBF, fixed: (out.maps, in.maps)
  Connections reads;      // conv: by output map, the input maps it reads
  Connections read_by;    // conv: by input map, the output maps that read it
  size_t place;           // where its output lies in a workspace, in pixels of one image
  size_t position;        // in the network, from 0
  Activation before;      // of the layer before
  bool descends;          // whether a layer before has parameters to learn
};

struct Preparation {
  Shape picture;  // before padding
  int padding;
  float low, high;
};

struct Plan {
  const Layer* layers;
  int count;
  Preparation preparation;
  size_t input;      // where the prepared input lies in a workspace, in pixels of one image
  size_t scratch;    // where the scratch begins
  size_t workspace;  // pixels of one image in a whole workspace
  size_t parameters;

  LENET_PLAIN Shape input_shape() const { return layers[0].in; }
  LENET_PLAIN const Layer& last() const { return layers[count - 1]; }
};

// Where a random draw of training stands: the same whatever the threads and batches.
struct Draws {
  uint64_t seed, pass;
};

// Pictures as they come: bytes (0 to 255) or floats (0 to 1), (N, channels, rows, columns).
struct Pictures {
  const uint8_t* bytes;  // one of the two is null
  const float* floats;
  size_t count;
};

struct Distortion {
  float shift, scale, squeeze, shear, rotation, elastic, smoothness, noise, share;
  int64_t copies;  // made once beside each picture; 0: drawn anew in each pass
};

struct Objective {
  Loss loss;
  float j;      // of the discriminative loss
  float share;  // 1 / batch: what a pattern's gradient counts
};

struct Tally {
  double loss;
  int64_t errors;
};

struct Optimiser {
  bool adam, nesterov;
  float momentum, decay;           // SGD's momentum
  float beta1, beta2, epsilon;     // Adam
  float correction1, correction2;  // Adam: 1 / (1 - beta^t)
  float rate;
};

// Up to `lanes` patterns of one block, their labels (null: none). Pattern k is picture k % pictures' count; where a
// distortion makes copies, its copy k / count.
struct Block {
  const int64_t* patterns;
  int count;
  const int64_t* labels;  // by picture
};

}  // namespace lenet
