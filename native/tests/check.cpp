// The engine without Python, for the sanitizers: every kind of layer, every instruction set of this processor, odd
// batches. Each set must agree with the baseline, one thread with several (bit for bit), and updates must stay finite.
// The right answers themselves are held against the NumPy reference by tests/engine. And the cutting of lines.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

#include "../engine.h"
#include "../threads.h"

int check_cutting();  // check_cutting.cpp: the number of failures

namespace {

using namespace lenet;

int failures = 0;

void expect(bool right, const char* what, const char* network, const char* isa, size_t count) {
  if (right) return;
  ++failures;
  std::printf("FAILED: %s (%s, %s, %zu images)\n", what, network, isa, count);
}

// A network under construction: shapes follow from the layers added.
struct Builder {
  std::vector<Description> layers;
  Shape shape;
  size_t parameters = 0;

  explicit Builder(Shape input) : shape(input) {}

  Description& add(Kind kind, Shape out, Activation activation, size_t weights, size_t biases) {
    Description d{};
    d.layer.kind = kind;
    d.layer.activation = activation;
    d.layer.in = shape;
    d.layer.out = out;
    d.layer.window = d.layer.stride = d.layer.copies = 1;
    d.layer.bias = biases > 0;
    d.layer.weight = parameters;
    d.layer.offset = parameters + weights;
    d.layer.position = layers.size();
    parameters += weights + biases;
    shape = out;
    layers.push_back(d);
    return layers.back();
  }

  Builder& conv(int maps, int kernel, int stride, int padding, Activation activation, bool sparse = false) {
    const Shape in = shape;
    const int rows = (in.rows + 2 * padding - kernel) / stride + 1;
    const int columns = (in.columns + 2 * padding - kernel) / stride + 1;
    Description& d = add(Kind::conv, {maps, rows, columns}, activation,
                         static_cast<size_t>(maps * in.maps * kernel * kernel), static_cast<size_t>(maps));
    d.layer.window = kernel;
    d.layer.stride = stride;
    d.layer.padding = padding;
    for (int m = 0; m < maps; ++m) {
      d.reads.emplace_back();
      for (int c = 0; c < in.maps; ++c)
        if (!sparse || (m + c) % 3 != 0 || in.maps == 1) d.reads.back().push_back(c);
    }
    return *this;
  }

  Builder& pool(Kind kind, int window, int stride, Activation activation, int copies = 1) {
    const Shape in = shape;
    const Shape out{in.maps * copies, (in.rows - window) / stride + 1, (in.columns - window) / stride + 1};
    const size_t maps = static_cast<size_t>(out.maps);
    const size_t weights = kind == Kind::subsample ? maps : kind == Kind::deformable_pool ? maps * 4 : 0;
    Description& d = add(kind, out, activation, weights, kind == Kind::subsample ? maps : 0);
    d.layer.window = window;
    d.layer.stride = stride;
    d.layer.copies = copies;
    return *this;
  }

  Builder& norm(Kind kind, int window, float a, float b, float c) {
    Description& d = add(kind, shape, Activation::none, 0, 0);
    d.layer.window = window;
    d.layer.constants[0] = a;
    d.layer.constants[1] = b;
    d.layer.constants[2] = c;
    return *this;
  }

  Builder& flatten() {
    add(Kind::flatten, {shape.size(), 1, 1}, Activation::none, 0, 0);
    return *this;
  }

  Builder& dense(int units, Activation activation) {
    add(Kind::dense, {units, 1, 1}, activation, static_cast<size_t>(units * shape.maps), static_cast<size_t>(units));
    return *this;
  }

  Builder& rbf(int classes, bool learned = false) {
    const int inputs = shape.maps;
    Description& d =
        add(Kind::rbf, {classes, 1, 1}, Activation::none, static_cast<size_t>(learned ? classes * inputs : 0), 0);
    d.layer.learned = learned;
    for (int i = 0; i < classes * inputs; ++i) d.codes.push_back(i * 7 % 3 == 0 ? -1.0f : 1.0f);
    return *this;
  }
};

struct Case {
  const char* name;
  Builder builder;
  Preparation preparation;
  Loss loss;
  bool curved = true;  // whether there are second derivatives through all of its layers
};

std::vector<Case> cases() {
  const auto tanh = Activation::tanh, relu = Activation::relu, none = Activation::none;
  const auto scaled = Activation::scaled_tanh, sigmoid = Activation::sigmoid;
  const Preparation padded{{1, 28, 28}, 2, -0.1f, 1.175f}, small{{3, 13, 11}, 0, 0.0f, 1.0f};
  std::vector<Case> all;
  all.push_back({"paper",
                 Builder({1, 32, 32})
                     .conv(6, 5, 1, 0, scaled)
                     .pool(Kind::subsample, 2, 2, scaled)
                     .conv(16, 5, 1, 0, scaled, true)
                     .pool(Kind::subsample, 2, 2, scaled)
                     .conv(120, 5, 1, 0, scaled)
                     .dense(84, scaled)
                     .rbf(10),
                 padded, Loss::discriminative});
  all.push_back({"strides", Builder({3, 13, 11}).conv(4, 3, 2, 1, relu).conv(5, 2, 1, 0, tanh).flatten().dense(7, none),
                 small, Loss::cross_entropy});
  all.push_back({"wide",
                 Builder({3, 13, 11})
                     .conv(3, 7, 1, 3, relu)
                     .conv(9, 1, 1, 0, tanh, true)
                     .conv(2, 9, 1, 1, none)
                     .flatten()
                     .dense(5, sigmoid),
                 small, Loss::squared});
  for (Kind kind : {Kind::mean_pool, Kind::max_pool, Kind::l2_pool, Kind::stochastic_pool, Kind::deformable_pool,
                    Kind::subsample}) {
    all.push_back({"pool", Builder({3, 13, 11}).conv(4, 3, 1, 0, relu).pool(kind, 2, 2, tanh).flatten().dense(5, none),
                   small, Loss::cross_entropy});
    all.push_back({"overlapping pool",
                   Builder({3, 13, 11})
                       .conv(4, 3, 1, 0, tanh)
                       .pool(kind, 3, 2, none)
                       .pool(kind, 2, 1, relu)
                       .flatten()
                       .dense(5, none),
                   small, Loss::cross_entropy});
  }
  all.push_back({"copies", Builder({3, 13, 11}).pool(Kind::subsample, 3, 3, tanh, 2).flatten().dense(5, none), small,
                 Loss::cross_entropy});
  all.push_back({"learned codes", Builder({3, 13, 11}).conv(4, 3, 1, 0, tanh).flatten().dense(9, tanh).rbf(5, true),
                 small, Loss::discriminative});
  all.push_back({"norms",
                 Builder({3, 13, 11})
                     .norm(Kind::contrast_norm, 5, 1.25f, 1e-4f, 0)
                     .conv(4, 3, 1, 0, tanh)
                     .norm(Kind::response_norm, 3, 0.1f, 0.75f, 1.0f)
                     .norm(Kind::contrast_norm, 3, 1.0f, 1e-4f, 0)
                     .flatten()
                     .dense(5, none),
                 small, Loss::cross_entropy, false});
  return all;
}

bool close(const std::vector<float>& a, const std::vector<float>& b) {
  float most = 0.0f, off = 0.0f;
  for (size_t i = 0; i < a.size(); ++i) {
    most = std::fmax(most, std::fabs(b[i]));
    off = std::fmax(off, std::fabs(a[i] - b[i]));
  }
  return off <= 2e-4f * most + 1e-6f;  // not so with a NaN
}

struct Results {
  std::vector<float> scores, gradient, curvature, trained;
  double loss;
};

Results run(const Kernels& kernels, const Network& network, const Case& c, const std::vector<float>& parameters,
            const Pictures& pictures, const std::vector<int64_t>& labels, const Distortion* distortion, int threads) {
  const Engine engine(kernels, network);
  const size_t count = pictures.count, classes = static_cast<size_t>(network.plan().last().out.maps);
  Results r{std::vector<float>(count * classes), std::vector<float>(parameters.size()),
            std::vector<float>(parameters.size()), parameters, 0.0};
  engine.scores(parameters.data(), pictures, threads, r.scores.data());
  std::vector<int64_t> patterns(count);
  const size_t each = distortion ? static_cast<size_t>(distortion->copies) + 1 : 1;
  for (size_t i = 0; i < count; ++i) patterns[i] = static_cast<int64_t>(count - 1 - i + i % each * count);
  const std::vector<float> rates(count, 1e-3f);
  std::vector<float> slot0(parameters.size()), slot1(parameters.size());
  Training t{};
  t.patterns = patterns.data();
  t.count = count;
  t.batch = count;
  t.rates = rates.data();
  t.loss = c.loss;
  t.j = 1.0f;
  t.distortion = distortion;
  t.draws = {1, 2};
  t.parameters = r.trained.data();
  r.loss = engine.gradient(t, pictures, labels.data(), threads, r.gradient.data()).loss;
  if (c.curved) engine.curvature(t, pictures, labels.data(), threads, r.curvature.data());
  t.batch = count / 2 + 1;
  t.optimiser.adam = count % 2 == 1;
  t.optimiser.momentum = 0.9f;
  t.optimiser.beta1 = 0.9f;
  t.optimiser.beta2 = 0.999f;
  t.optimiser.epsilon = 1e-3f;
  t.optimiser.decay = 1e-4f;
  t.slots[0] = slot0.data();
  t.slots[1] = t.optimiser.adam ? slot1.data() : nullptr;
  engine.train(t, pictures, labels.data(), threads);
  return r;
}

void check(const Case& c, size_t count) {
  const Network network(c.builder.layers, c.preparation, c.builder.parameters);
  std::mt19937 random(static_cast<unsigned>(count));
  std::uniform_real_distribution<float> weight(-0.3f, 0.3f);
  std::vector<float> parameters(c.builder.parameters);
  for (float& p : parameters) p = weight(random);
  for (const Description& d : c.builder.layers)  // unconnected weights are 0
    if (d.layer.kind == Kind::conv)
      for (int m = 0; m < d.layer.out.maps; ++m)
        for (int i = 0; i < d.layer.in.maps; ++i) {
          bool connected = false;
          for (int map : d.reads[static_cast<size_t>(m)]) connected = connected || map == i;
          const int area = d.layer.window * d.layer.window;
          if (!connected)
            std::fill_n(parameters.begin() + static_cast<long>(d.layer.weight) + (m * d.layer.in.maps + i) * area, area,
                        0);
        }
  const size_t size = static_cast<size_t>(c.preparation.picture.size());
  std::vector<uint8_t> bytes(count * size);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
  std::vector<float> floats(bytes.begin(), bytes.end());
  for (float& f : floats) f /= 255.0f;
  std::vector<int64_t> labels(count);
  for (int64_t& l : labels) l = static_cast<int64_t>(random() % static_cast<unsigned>(c.builder.shape.maps));
  const Pictures as_bytes{bytes.data(), nullptr, count}, as_floats{nullptr, floats.data(), count};
  const Distortion distortion{2.0f, 0.1f, 0.1f, 0.2f, 10.0f, 1.0f, 2.0f, 0.05f, 0.7f, static_cast<int64_t>(count % 3)};
  const Kernels& base = *kernels("baseline");
  const Results right = run(base, network, c, parameters, as_bytes, labels, nullptr, 1);
  const Results right_distorted = run(base, network, c, parameters, as_bytes, labels, &distortion, 1);
  for (const char* const* name = available_kernels(); *name; ++name) {
    const Kernels& k = *kernels(*name);
    const Results one = run(k, network, c, parameters, as_bytes, labels, nullptr, 1);
    const Results many = run(k, network, c, parameters, as_bytes, labels, nullptr, 3);
    const Results real = run(k, network, c, parameters, as_floats, labels, nullptr, 1);
    const Results distorted = run(k, network, c, parameters, as_floats, labels, &distortion, 2);
    expect(close(one.scores, right.scores), "scores", c.name, *name, count);
    expect(close(one.gradient, right.gradient), "gradient", c.name, *name, count);
    expect(close(one.curvature, right.curvature), "second derivatives", c.name, *name, count);
    expect(close(distorted.curvature, right_distorted.curvature), "second derivatives of distorted pictures", c.name,
           *name, count);
    expect(close(one.trained, right.trained), "trained parameters", c.name, *name, count);
    expect(close(real.gradient, right.gradient), "gradient of float pictures", c.name, *name, count);
    expect(close(distorted.gradient, right_distorted.gradient), "gradient of distorted pictures", c.name, *name, count);
    expect(one.scores == many.scores && one.gradient == many.gradient && one.curvature == many.curvature &&
               one.trained == many.trained && one.loss == many.loss,
           "the same bits from one thread and three", c.name, *name, count);
  }
}

}  // namespace

int main() {
  for (const Case& c : cases())
    for (size_t count : {1, 2, 3, 15, 16, 17, 33}) check(c, count);
  failures += check_cutting();
  std::printf(failures ? "%d failures\n" : "native: all agree\n", failures);
  return failures ? 1 : 0;
}
