// The library's own threads. OpenMP is left out: two of its runtimes in a process (PyTorch brings one) can deadlock or
// pin each other to a core.
#pragma once

#include <functional>

namespace lenet {

constexpr int most_threads = 1024;

// Processors this process may use, or LENET_THREADS; throws std::invalid_argument where that is no number of threads.
int default_threads();

// Calls work(task) for each task from 0 to tasks - 1, on up to `threads` threads, the caller's among them, and returns
// when all are done. Which thread does which task is left open; a result must not depend on it. Where the threads are
// busy with another caller's tasks, the caller does its own alone. Throws what a task threw, the first of them.
void parallel(int threads, int tasks, const std::function<void(int)>& work);

}  // namespace lenet
