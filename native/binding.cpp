// The Python module lenet._native. Arrays are checked here, so that no array can crash what lies below.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "cutting.h"
#include "engine.h"
#include "threads.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

using lenet::Kernels;

template <class T, int N>
using In = nb::ndarray<const T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;
template <class T, int N>
using Out = nb::ndarray<T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;
using Images = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;

void require(bool right, const char* what) {
  if (!right) throw std::invalid_argument(what);
}

const Kernels& kernels_here() {
  const Kernels* kernels = lenet::chosen_kernels();
  if (kernels) return *kernels;
  std::string known;
  for (const char* const* name = lenet::available_kernels(); *name; ++name)
    known += std::string(known.empty() ? "" : ", ") + *name;
  throw std::invalid_argument(
      "the environment variable LENET_ISA must name an instruction set of this processor (one of " + known +
      "), but is '" + std::getenv("LENET_ISA") + "'");
}

lenet::Shape shape_of(const std::tuple<int, int, int>& s) { return {std::get<0>(s), std::get<1>(s), std::get<2>(s)}; }

lenet::Description description_of(const nb::dict& d) {
  using Triple = std::tuple<int, int, int>;
  lenet::Description description{};
  lenet::Layer& layer = description.layer;
  const int kind = nb::cast<int>(d["kind"]), activation = nb::cast<int>(d["activation"]);
  require(kind >= 0 && kind <= static_cast<int>(lenet::Kind::rbf), "unknown kind of layer");
  require(activation >= 0 && activation <= static_cast<int>(lenet::Activation::relu), "unknown activation");
  layer.kind = static_cast<lenet::Kind>(kind);
  layer.activation = static_cast<lenet::Activation>(activation);
  layer.in = shape_of(nb::cast<Triple>(d["input"]));
  layer.out = shape_of(nb::cast<Triple>(d["output"]));
  layer.window = nb::cast<int>(d["window"]);
  layer.stride = nb::cast<int>(d["stride"]);
  layer.padding = nb::cast<int>(d["padding"]);
  layer.copies = nb::cast<int>(d["copies"]);
  layer.bias = nb::cast<bool>(d["bias"]);
  layer.learned = nb::cast<bool>(d["learned"]);
  layer.weight = nb::cast<size_t>(d["weight"]);
  layer.offset = nb::cast<size_t>(d["offset"]);
  layer.position = nb::cast<size_t>(d["position"]);
  const auto constants = nb::cast<std::vector<float>>(d["constants"]);
  require(constants.size() == 3, "a layer has three constants");
  for (size_t i = 0; i < 3; ++i) layer.constants[i] = constants[i];
  description.codes = nb::cast<std::vector<float>>(d["codes"]);
  description.reads = nb::cast<std::vector<std::vector<int>>>(d["reads"]);
  return description;
}

// A network on the instruction set chosen when it is made.
class PyEngine {
 public:
  PyEngine(const nb::list& layers, std::tuple<int, int, int> picture, int padding, float low, float high,
           size_t parameters)
      : kernels_(kernels_here()),
        network_(descriptions(layers), lenet::Preparation{shape_of(picture), padding, low, high}, parameters),
        engine_(kernels_, network_) {}

  const char* isa() const { return kernels_.name; }
  int lanes() const { return kernels_.lanes; }

  void scores(const In<float, 1>& parameters, const Images& images, const Out<float, 2>& out, int threads) const {
    const lenet::Pictures pictures = check(parameters, images);
    require(out.shape(0) == pictures.count && out.shape(1) == classes(), "scores go into (count, classes)");
    nb::gil_scoped_release release;
    engine_.scores(parameters.data(), pictures, threads, out.data());
  }

  void features(const In<float, 1>& parameters, const Images& images, const std::vector<Out<float, 4>>& outputs) const {
    const lenet::Pictures pictures = check(parameters, images);
    const lenet::Plan& plan = network_.plan();
    require(outputs.size() == static_cast<size_t>(plan.count) + 1, "features go into an array for each layer");
    std::vector<float*> pointers;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const lenet::Shape shape = i ? plan.layers[i - 1].out : plan.input_shape();
      require(outputs[i].size() == pictures.count * static_cast<size_t>(shape.size()), "features: wrong shape");
      pointers.push_back(outputs[i].data());
    }
    nb::gil_scoped_release release;
    engine_.features(parameters.data(), pictures, pointers.data());
  }

  std::tuple<double, int64_t> gradient(const In<float, 1>& parameters, const Images& images,
                                       const In<int64_t, 1>& labels, const In<int64_t, 1>& patterns, int loss, float j,
                                       uint64_t seed, uint64_t pass,
                                       const std::optional<std::vector<float>>& distortion, const Out<float, 1>& out,
                                       int threads) const {
    const lenet::Pictures pictures = check(parameters, images);
    require(patterns.shape(0) > 0, "a gradient needs a pattern");
    require(out.shape(0) == network_.plan().parameters, "the gradient has a number for each parameter");
    lenet::Distortion distorted{};
    lenet::Training training{};
    training.distortion = read(distortion, distorted);
    check_patterns(pictures, patterns, training.distortion);
    check_labels(pictures, labels, patterns);
    training.patterns = patterns.data();
    training.count = patterns.shape(0);
    training.loss = check_loss(loss);
    training.j = j;
    training.draws = {seed, pass};
    training.parameters = const_cast<float*>(parameters.data());
    nb::gil_scoped_release release;
    const lenet::Tally tally = engine_.gradient(training, pictures, labels.data(), threads, out.data());
    return {tally.loss / static_cast<double>(training.count), tally.errors};
  }

  void distorted(const Images& images, const In<int64_t, 1>& patterns, uint64_t seed, uint64_t pass,
                 const std::vector<float>& distortion, const Out<float, 4>& out, int threads) const {
    const lenet::Pictures pictures = check_images(images);
    const auto picture = static_cast<size_t>(network_.plan().preparation.picture.size());
    require(out.size() == patterns.shape(0) * picture, "pictures go into (patterns, channels, rows, columns)");
    lenet::Distortion ranges{};
    lenet::Training training{};
    training.distortion = read(distortion, ranges);
    check_patterns(pictures, patterns, training.distortion);
    training.patterns = patterns.data();
    training.count = patterns.shape(0);
    training.draws = {seed, pass};
    nb::gil_scoped_release release;
    engine_.distorted(training, pictures, threads, out.data());
  }

  void curvature(const In<float, 1>& parameters, const Images& images, const In<int64_t, 1>& labels,
                 const In<int64_t, 1>& patterns, int loss, float j, uint64_t seed, uint64_t pass,
                 const std::optional<std::vector<float>>& distortion, const Out<float, 1>& out, int threads) const {
    const lenet::Pictures pictures = check(parameters, images);
    require(patterns.shape(0) > 0, "second derivatives need a pattern");
    require(out.shape(0) == network_.plan().parameters, "there is a second derivative for each parameter");
    lenet::Distortion distorted{};
    lenet::Training training{};
    training.patterns = patterns.data();
    training.count = patterns.shape(0);
    training.loss = check_loss(loss);
    training.j = j;
    training.distortion = read(distortion, distorted);
    check_patterns(pictures, patterns, training.distortion);
    check_labels(pictures, labels, patterns);
    training.draws = {seed, pass};
    training.parameters = const_cast<float*>(parameters.data());
    nb::gil_scoped_release release;
    engine_.curvature(training, pictures, labels.data(), threads, out.data());
  }

  std::tuple<double, int64_t> train(const Out<float, 1>& parameters, const std::vector<Out<float, 1>>& slots,
                                    int64_t updates, const Images& images, const In<int64_t, 1>& labels,
                                    const In<int64_t, 1>& patterns, size_t batch, const In<float, 1>& rates,
                                    const nb::dict& optimiser, const std::optional<In<float, 1>>& factors, int loss,
                                    float j, uint64_t seed, uint64_t pass,
                                    const std::optional<std::vector<float>>& distortion, int threads) const {
    const lenet::Pictures pictures = check(parameters, images);
    const size_t size = network_.plan().parameters;
    require(batch > 0 && rates.shape(0) == (patterns.shape(0) + batch - 1) / batch, "a rate for each update");
    require(!factors || factors->shape(0) == size, "factors: one for each parameter");
    lenet::Distortion distorted{};
    lenet::Training training{};
    training.distortion = read(distortion, distorted);
    check_patterns(pictures, patterns, training.distortion);
    check_labels(pictures, labels, patterns);
    training.optimiser = optimiser_of(optimiser);
    const size_t wanted = training.optimiser.adam ? 2 : training.optimiser.momentum != 0.0f ? 1 : 0;
    require(slots.size() == wanted, "the optimiser's slots: SGD with momentum has one, Adam two");
    for (size_t i = 0; i < slots.size(); ++i) {
      require(slots[i].shape(0) == size, "slots: a number for each parameter");
      training.slots[i] = slots[i].data();
    }
    training.patterns = patterns.data();
    training.count = patterns.shape(0);
    training.batch = batch;
    training.rates = rates.data();
    training.loss = check_loss(loss);
    training.j = j;
    training.draws = {seed, pass};
    training.factors = factors ? factors->data() : nullptr;
    training.updates = updates;
    training.parameters = parameters.data();
    nb::gil_scoped_release release;
    const lenet::Tally tally = engine_.train(training, pictures, labels.data(), threads);
    return {tally.loss, tally.errors};
  }

 private:
  static std::vector<lenet::Description> descriptions(const nb::list& layers) {
    std::vector<lenet::Description> all;
    for (nb::handle layer : layers) all.push_back(description_of(nb::cast<nb::dict>(layer)));
    return all;
  }

  size_t classes() const { return static_cast<size_t>(network_.plan().last().out.maps); }

  template <class Parameters>
  lenet::Pictures check(const Parameters& parameters, const Images& images) const {
    require(parameters.shape(0) == network_.plan().parameters, "parameters: wrong number");
    return check_images(images);
  }

  lenet::Pictures check_images(const Images& images) const {
    const lenet::Shape& picture = network_.plan().preparation.picture;
    require(images.ndim() == 4 && images.shape(1) == static_cast<size_t>(picture.maps) &&
                images.shape(2) == static_cast<size_t>(picture.rows) &&
                images.shape(3) == static_cast<size_t>(picture.columns),
            "images: (count, channels, rows, columns) of the preparation's shape");
    lenet::Pictures pictures{nullptr, nullptr, images.shape(0)};
    if (images.dtype() == nb::dtype<uint8_t>()) {
      pictures.bytes = static_cast<const uint8_t*>(images.data());
    } else {
      require(images.dtype() == nb::dtype<float>(), "images: uint8 or float32");
      pictures.floats = static_cast<const float*>(images.data());
    }
    return pictures;
  }

  static void check_patterns(const lenet::Pictures& pictures, const In<int64_t, 1>& patterns,
                             const lenet::Distortion* distortion) {
    const int64_t each = distortion ? distortion->copies + 1 : 1, count = static_cast<int64_t>(pictures.count);
    for (size_t i = 0; i < patterns.shape(0); ++i) {
      const int64_t pattern = patterns.data()[i];
      require(pattern >= 0 && pattern / each < count, "patterns: from 0 to the number of images and their copies");
    }
  }

  void check_labels(const lenet::Pictures& pictures, const In<int64_t, 1>& labels,
                    const In<int64_t, 1>& patterns) const {
    require(labels.shape(0) == pictures.count, "a label for each image");
    const int64_t count = static_cast<int64_t>(pictures.count), classes = static_cast<int64_t>(this->classes());
    for (size_t i = 0; i < patterns.shape(0); ++i) {
      const int64_t label = labels.data()[patterns.data()[i] % count];
      require(label >= 0 && label < classes, "labels: from 0 to the number of classes");
    }
  }

  lenet::Loss check_loss(int loss) const {
    require(loss >= 0 && loss <= static_cast<int>(lenet::Loss::squared), "unknown loss");
    const auto kind = static_cast<lenet::Loss>(loss);
    const bool distances = network_.plan().last().kind == lenet::Kind::rbf;
    const bool of_distances = kind == lenet::Loss::distance || kind == lenet::Loss::discriminative;
    require(distances || !of_distances, "this loss needs an RBF output");
    require(!distances || kind != lenet::Loss::squared, "the squared loss needs scores, not an RBF output's distances");
    return kind;
  }

  static const lenet::Distortion* read(const std::optional<std::vector<float>>& values, lenet::Distortion& out) {
    if (!values) return nullptr;
    require(values->size() == 10, "a distortion has ten numbers");
    const std::vector<float>& v = *values;
    require(v[9] >= 0 && v[9] <= 1000, "a distortion's copies: from 0 to 1000");
    out = {v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], static_cast<int64_t>(v[9])};
    require(out.smoothness > 0 && out.smoothness <= 100, "a distortion's smoothness: above 0, at most 100");
    return &out;
  }

  static lenet::Optimiser optimiser_of(const nb::dict& d) {
    lenet::Optimiser o{};
    o.adam = nb::cast<bool>(d["adam"]);
    o.nesterov = nb::cast<bool>(d["nesterov"]);
    o.momentum = nb::cast<float>(d["momentum"]);
    o.decay = nb::cast<float>(d["decay"]);
    o.beta1 = nb::cast<float>(d["beta1"]);
    o.beta2 = nb::cast<float>(d["beta2"]);
    o.epsilon = nb::cast<float>(d["epsilon"]);
    return o;
  }

  const Kernels& kernels_;
  lenet::Network network_;
  lenet::Engine engine_;
};

void activate(int activation, const In<float, 1>& in, const Out<float, 1>& out) {
  require(activation >= 0 && activation <= static_cast<int>(lenet::Activation::relu), "unknown activation");
  require(in.shape(0) == out.shape(0), "activations go into an array of the same size");
  kernels_here().activate(static_cast<lenet::Activation>(activation), in.data(), out.data(), in.shape(0));
}

// Multiply-adds a second of single precision in a plain register loop, all threads together.
double peak(int threads, int milliseconds) {
  require(threads >= 1 && threads <= lenet::most_threads, "threads: from 1 to 1024");
  const Kernels& kernels = kernels_here();
  using Clock = std::chrono::steady_clock;
  nb::gil_scoped_release release;
  std::vector<double> made(static_cast<size_t>(threads), 0.0);
  const auto start = Clock::now(), end = start + std::chrono::milliseconds(milliseconds);
  lenet::parallel(threads, threads, [&](int thread) {
    while (Clock::now() < end) made[static_cast<size_t>(thread)] += kernels.multiply_adds(20000);
  });
  double all = 0;
  for (double one : made) all += one;
  return all / std::chrono::duration<double>(Clock::now() - start).count();
}

void cut_out(const In<float, 2>& amount, const In<int16_t, 2>& piece, const In<int32_t, 2>& spans,
             const In<float, 2>& centres, const Out<uint8_t, 3>& out) {
  const size_t rows = amount.shape(0), columns = amount.shape(1), count = spans.shape(0);
  require(rows < (1u << 30) && columns < (1u << 30), "cut_out: the line is too large");
  require(piece.shape(0) == rows && piece.shape(1) == columns, "cut_out: each pixel lies in a piece");
  require(spans.shape(1) == 6, "cut_out: a span is start, end, left, top, right, bottom");
  require(centres.shape(0) == count && centres.shape(1) == 2, "cut_out: a centre is x, y");
  require(out.shape(0) == count && out.shape(1) == lenet::cut_side && out.shape(2) == lenet::cut_side,
          "cut_out: pictures go into (count, 28, 28)");
  std::vector<lenet::Span> all(count);
  for (size_t i = 0; i < count; ++i) {
    const int32_t* s = spans.data() + 6 * i;
    const float* c = centres.data() + 2 * i;
    require(0 <= s[2] && s[2] < s[4] && s[4] <= static_cast<int32_t>(columns), "cut_out: a box outside of the line");
    require(0 <= s[3] && s[3] < s[5] && s[5] <= static_cast<int32_t>(rows), "cut_out: a box outside of the line");
    require(std::isfinite(c[0]) && std::isfinite(c[1]), "cut_out: a centre that isn't finite");
    all[i] = {s[0], s[1], s[2], s[3], s[4], s[5], c[0], c[1]};
  }
  nb::gil_scoped_release release;
  lenet::cut_out({amount.data(), piece.data(), static_cast<int>(rows), static_cast<int>(columns)}, all.data(), count,
                 out.data());
}

}  // namespace

NB_MODULE(_native, m) {
  m.doc() = "The native engine: networks run and trained on the processor's vectors and threads.";
  m.def(
      "available",
      [] {
        std::vector<std::string> names;
        for (const char* const* name = lenet::available_kernels(); *name; ++name) names.emplace_back(*name);
        return names;
      },
      "Return the instruction sets that this processor can run, best first.");
  m.def("isa", [] { return std::string(kernels_here().name); }, "Return the instruction set in use.");
  m.def("default_threads", &lenet::default_threads, "Return the number of threads used where none is asked for.");
  m.def("activate", &activate, "activation"_a, "inputs"_a, "outputs"_a);
  m.def("peak", &peak, "threads"_a, "milliseconds"_a,
        "Return the multiply-adds a second of a plain register loop in float32 on `threads` threads.");
  m.def("cut_out", &cut_out, "amount"_a.noconvert(), "piece"_a.noconvert(), "spans"_a.noconvert(),
        "centres"_a.noconvert(), "out"_a.noconvert(),
        "Draw spans of a line of writing as MNIST would hold them, uint8 (count, 28, 28).");
  nb::class_<PyEngine>(m, "Engine")
      .def(nb::init<const nb::list&, std::tuple<int, int, int>, int, float, float, size_t>(), "layers"_a, "picture"_a,
           "padding"_a, "low"_a, "high"_a, "parameters"_a)
      .def_prop_ro("isa", &PyEngine::isa)
      .def_prop_ro("lanes", &PyEngine::lanes)
      .def("scores", &PyEngine::scores, "parameters"_a, "images"_a, "out"_a, "threads"_a)
      .def("features", &PyEngine::features, "parameters"_a, "images"_a, "outputs"_a)
      .def("gradient", &PyEngine::gradient, "parameters"_a, "images"_a, "labels"_a, "patterns"_a, "loss"_a, "j"_a,
           "seed"_a, "pass_"_a, "distortion"_a.none(), "out"_a, "threads"_a)
      .def("distorted", &PyEngine::distorted, "images"_a, "patterns"_a, "seed"_a, "pass_"_a, "distortion"_a, "out"_a,
           "threads"_a)
      .def("curvature", &PyEngine::curvature, "parameters"_a, "images"_a, "labels"_a, "patterns"_a, "loss"_a, "j"_a,
           "seed"_a, "pass_"_a, "distortion"_a.none(), "out"_a, "threads"_a)
      .def("train", &PyEngine::train, "parameters"_a, "slots"_a, "updates"_a, "images"_a, "labels"_a, "patterns"_a,
           "batch"_a, "rates"_a, "optimiser"_a, "factors"_a.none(), "loss"_a, "j"_a, "seed"_a, "pass_"_a,
           "distortion"_a.none(), "threads"_a);
}
