#include "network.h"

#include <algorithm>
#include <stdexcept>

#include "scratch.h"
#include "single/scratch.h"

namespace lenet {

namespace {

void require(bool right, const char* what) {
  if (!right) throw std::invalid_argument(std::string("a layer's description doesn't hold together: ") + what);
}

bool same(const Shape& a, const Shape& b) { return a.maps == b.maps && a.rows == b.rows && a.columns == b.columns; }

bool positive(const Shape& s) { return s.maps > 0 && s.rows > 0 && s.columns > 0; }

// Sizes of what lies in memory are ints: an eighth of what those hold leaves room for every sum of them.
bool moderate(int64_t maps, int64_t rows, int64_t columns) {
  constexpr int64_t most = int64_t{1} << 28;
  return rows < most && columns < most && maps < most && rows * columns < most && maps * rows * columns < most;
}

bool moderate(const Shape& s, int padding = 0) {
  return moderate(s.maps, s.rows + 2 * int64_t{padding}, s.columns + 2 * int64_t{padding});
}

bool is_pool(Kind kind) { return kind >= Kind::subsample && kind <= Kind::deformable_pool; }

bool is_row(const Shape& s) { return s.rows == 1 && s.columns == 1; }

size_t weights_of(const Layer& layer) {
  const size_t out = static_cast<size_t>(layer.out.maps), in = static_cast<size_t>(layer.in.maps);
  switch (layer.kind) {
    case Kind::conv: return out * in * static_cast<size_t>(layer.window * layer.window);
    case Kind::dense: return out * in;
    case Kind::subsample: return out;
    case Kind::deformable_pool: return out * 4;
    case Kind::rbf: return layer.learned ? out * in : 0;
    default: return 0;
  }
}

size_t biases_of(const Layer& layer) {
  return layer.bias || layer.kind == Kind::subsample ? static_cast<size_t>(layer.out.maps) : 0;
}

int scratch_of(const Layer& layer) {
  if (layer.kind == Kind::conv)  // or that of the dense layer that it may be
    return std::max({convolution_scratch(layer), dense_scratch(layer), single_convolution_scratch(layer),
                     single_dense_scratch(layer)});
  if (layer.kind == Kind::dense) return std::max(dense_scratch(layer), single_dense_scratch(layer));
  if (is_pool(layer.kind)) return pool_scratch(layer);
  if (layer.kind == Kind::response_norm || layer.kind == Kind::contrast_norm) return norm_scratch(layer);
  return 0;
}

void check_windows(const Layer& layer) {
  const int p = layer.kind == Kind::conv ? layer.padding : 0;
  require(layer.window > 0 && layer.stride > 0 && layer.padding >= 0, "windows");
  require(layer.out.rows == (layer.in.rows + 2 * p - layer.window) / layer.stride + 1, "rows");
  require(layer.out.columns == (layer.in.columns + 2 * p - layer.window) / layer.stride + 1, "columns");
  require(layer.in.rows + 2 * p >= layer.window && layer.in.columns + 2 * p >= layer.window, "window");
}

}  // namespace

Network::Network(const std::vector<Description>& layers, const Preparation& preparation, size_t parameters) {
  require(!layers.empty(), "no layers");
  const Shape& picture = preparation.picture;
  require(positive(picture) && preparation.padding >= 0, "preparation");
  require(same(layers.front().layer.in,
               Shape{picture.maps, picture.rows + 2 * preparation.padding, picture.columns + 2 * preparation.padding}),
          "preparation and first layer");
  plan_.preparation = preparation;
  plan_.parameters = parameters;
  bool learns = false;
  for (const Description& description : layers) {
    check(description, layers_.empty() ? nullptr : &layers_.back());
    Layer layer = description.layer;
    layer.before = layers_.empty() ? Activation::none : layers_.back().activation;
    layer.descends = learns;
    layer.position = description.layer.position;
    learns = learns || weights_of(layer) + biases_of(layer) > 0;
    if (layer.kind == Kind::conv) {
      std::vector<std::vector<int>> read_by(static_cast<size_t>(layer.in.maps));
      for (size_t m = 0; m < description.reads.size(); ++m)
        for (int c : description.reads[m]) read_by[static_cast<size_t>(c)].push_back(static_cast<int>(m));
      lists_.push_back(std::make_unique<Lists>(keep(description.reads)));
      layer.reads = lists_.back()->view();
      lists_.push_back(std::make_unique<Lists>(keep(read_by)));
      layer.read_by = lists_.back()->view();
    }
    codes_.push_back(std::make_unique<std::vector<float>>(description.codes));
    layer.codes = codes_.back()->data();
    layers_.push_back(layer);
  }
  require(is_row(layers_.back().out), "the last layer");
  plan_.layers = layers_.data();
  plan_.count = static_cast<int>(layers_.size());
  place();
}

void Network::check(const Description& description, const Layer* before) const {
  const Layer& layer = description.layer;
  require(positive(layer.in) && positive(layer.out), "shapes");
  const Shape spread{layer.out.maps, layer.in.rows, layer.in.columns}, window{64, layer.window, layer.window};
  if (!moderate(layer.in, layer.padding) || !moderate(layer.out) || !moderate(layer.window, 1, 1) ||
      (layer.kind == Kind::conv && !(moderate(spread, layer.padding) && moderate(window))))
    throw std::invalid_argument("a layer is too large for the native engine: 2^28 pixels or more");
  require(!before || before->out.size() == layer.in.size(), "shapes of neighbours");  // a flattening may be left out
  require(layer.weight + weights_of(layer) <= plan_.parameters && layer.offset + biases_of(layer) <= plan_.parameters,
          "places of parameters");
  if (layer.kind == Kind::conv) {
    check_windows(layer);
    require(description.reads.size() == static_cast<size_t>(layer.out.maps), "connections");
    for (const auto& row : description.reads)
      for (size_t i = 0; i < row.size(); ++i)
        require(row[i] >= 0 && row[i] < layer.in.maps && (i == 0 || row[i - 1] < row[i]), "connections");
  } else if (is_pool(layer.kind)) {
    check_windows(layer);
    require(layer.out.maps == layer.in.maps * layer.copies, "copies");
  } else if (layer.kind == Kind::dense || layer.kind == Kind::rbf) {
    require(is_row(layer.in) && is_row(layer.out), "rows of units");
    require(layer.kind != Kind::rbf || layer.learned ||
                description.codes.size() == static_cast<size_t>(layer.in.maps * layer.out.maps),
            "codes");
  } else if (layer.kind == Kind::flatten) {
    require(layer.in.size() == layer.out.size(), "flatten");
  } else {
    require(same(layer.in, layer.out) && layer.window > 0, "normalisation");
  }
}

Network::Lists Network::keep(const std::vector<std::vector<int>>& rows) {
  Lists lists;
  lists.start.push_back(0);
  for (const auto& row : rows) {
    lists.maps.insert(lists.maps.end(), row.begin(), row.end());
    lists.start.push_back(static_cast<int>(lists.maps.size()));
  }
  return lists;
}

// Each output gets its place in the workspace, then all share one scratch. A multiple of 16 pixels: places stay aligned
// for a single image too; and 16 more, since a vector may be read past the end of a single image's row.
void Network::place() {
  const auto room = [](int pixels) { return static_cast<size_t>((pixels + 15) / 16 * 16 + 16); };
  size_t at = 0;
  plan_.input = at;
  at += room(layers_.front().in.size());
  const Shape& picture = plan_.preparation.picture;
  Distortion smoothest{};  // its Gaussian reaches across the whole picture: none takes more scratch
  smoothest.smoothness = static_cast<float>(std::max(picture.rows, picture.columns));
  const int distorted = picture.size() + distortion_scratch(picture, smoothest);
  int scratch = std::max(distorted, 2 * layers_.back().out.maps);
  for (Layer& layer : layers_) {
    layer.place = at;
    at += room(layer.out.size());
    scratch = std::max(scratch, scratch_of(layer));
  }
  plan_.scratch = at;
  plan_.workspace = at + room(scratch);
}

}  // namespace lenet
