// A network's plan with all that it points to, made from a description of its layers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plan.h"

namespace lenet {

// A layer as it is described from outside; see `Layer`. `reads`: for each output map of a convolution the input maps.
struct Description {
  Layer layer;
  std::vector<std::vector<int>> reads;
  std::vector<float> codes;
};

class Network {
 public:
  // Throws std::invalid_argument where the description doesn't hold together.
  Network(const std::vector<Description>& layers, const Preparation& preparation, size_t parameters);
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const Plan& plan() const { return plan_; }

 private:
  struct Lists {
    std::vector<int> start, maps;
    Connections view() const { return {start.data(), maps.data()}; }
  };
  void check(const Description& description, const Layer* before) const;
  Lists keep(const std::vector<std::vector<int>>& rows);
  void place();

  Plan plan_{};
  std::vector<Layer> layers_;
  std::vector<std::unique_ptr<Lists>> lists_;
  std::vector<std::unique_ptr<std::vector<float>>> codes_;
};

}  // namespace lenet
