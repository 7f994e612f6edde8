#include "threads.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#ifdef __linux__
#include <sched.h>
#include <sys/syscall.h>
#endif
#ifndef _WIN32
#include <unistd.h>
#endif

namespace lenet {

namespace {

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

constexpr int patience = 4000;  // turns of waiting awake, some 50 microseconds: the next batch is soon there

// Where the caller of a pool runs. Some systems, virtual machines among them, leave a thread on its caller's processor
// for a long time while another is idle; then the two take turns, and one would have been faster.
class Place {
 public:
  void take() {
#ifdef __linux__
    processor_ = sched_getcpu();
    thread_ = static_cast<pid_t>(syscall(SYS_gettid));
#endif
  }

  // Moves this thread off the caller's processor, to the others that the caller may use.
  void leave() const {
#ifdef __linux__
    cpu_set_t set;
    if (sched_getcpu() != processor_ || sched_getaffinity(thread_, sizeof set, &set) != 0) return;
    if (CPU_COUNT(&set) < 2 || processor_ < 0) return;
    CPU_CLR(static_cast<unsigned>(processor_), &set);
    sched_setaffinity(0, sizeof set, &set);
#endif
  }

 private:
#ifdef __linux__
  int processor_ = -1;
  pid_t thread_ = 0;
#endif
};

class Pool {
 public:
  // False if another caller's tasks are under way.
  bool run(int threads, int tasks, const std::function<void(int)>& work) {
    std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
    if (!turn.owns_lock()) return false;
    grow(threads - 1);
    {
      std::lock_guard<std::mutex> guard(mutex_);
      work_ = &work;
      tasks_ = tasks;
      caller_.take();
      next_.store(0, std::memory_order_relaxed);
      helpers_ = std::min(threads - 1, static_cast<int>(threads_.size()));
      busy_.store(helpers_, std::memory_order_relaxed);
      generation_.fetch_add(1, std::memory_order_release);
    }
    if (asleep_.load() > 0) wake_.notify_all();
    take();
    for (int turns = 0; busy_.load(std::memory_order_acquire) > 0; ++turns) {
      if (turns < patience) {
        pause();
      } else {
        std::this_thread::yield();
      }
    }
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return true;
  }

 private:
  // Where the system gives no more threads, those that there are do.
  void grow(int helpers) {
    try {
      while (static_cast<int>(threads_.size()) < helpers) {
        const int number = static_cast<int>(threads_.size());
        const unsigned seen = generation_.load();
        threads_.emplace_back([this, number, seen] { live(number, seen); });
        threads_.back().detach();  // they end with the process
      }
    } catch (const std::system_error&) {
    }
  }

  void live(int number, unsigned seen) {
    for (;;) {
      await(seen);
      {
        // A helper that isn't wanted may come late: generation and helpers have to be of one and the same call.
        std::lock_guard<std::mutex> guard(mutex_);
        seen = generation_.load(std::memory_order_relaxed);
        if (number >= helpers_) continue;
      }
      caller_.leave();
      take();
      busy_.fetch_sub(1, std::memory_order_release);
    }
  }

  // Waits for another generation, awake for a while, then asleep.
  void await(unsigned seen) {
    for (int turns = 0; turns < patience; ++turns) {
      if (generation_.load(std::memory_order_acquire) != seen) return;
      pause();
    }
    std::unique_lock<std::mutex> guard(mutex_);
    asleep_.fetch_add(1);
    wake_.wait(guard, [&] { return generation_.load() != seen; });
    asleep_.fetch_sub(1);
  }

  // What a task throws, such as a lack of memory, is the caller's, when all are done.
  void take() {
    for (int task; (task = next_.fetch_add(1)) < tasks_;) {
      try {
        (*work_)(task);
      } catch (...) {
        std::lock_guard<std::mutex> guard(mutex_);
        if (!failure_) failure_ = std::current_exception();
      }
    }
  }

  std::mutex turn_, mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> threads_;
  std::atomic<unsigned> generation_{0};
  std::atomic<int> next_{0}, busy_{0}, asleep_{0};
  int tasks_ = 0, helpers_ = 0;
  const std::function<void(int)>* work_ = nullptr;
  std::exception_ptr failure_;
  Place caller_;
};

long process() {
#ifdef _WIN32
  return 1;  // nothing is forked there
#else
  return getpid();
#endif
}

// A child process that was forked has none of its parent's threads, and gets a pool of its own. Never deleted: threads
// may still wait on it when the process ends.
Pool& pool() {
  static std::atomic<Pool*> current{nullptr};
  static std::atomic<long> owner{0};
  if (owner.load() != process()) {
    static std::mutex once;
    std::lock_guard<std::mutex> guard(once);
    if (owner.load() != process()) {
      current = new Pool;
      owner = process();
    }
  }
  return *current;
}

}  // namespace

int default_threads() {
  const char* text = std::getenv("LENET_THREADS");
  if (text && *text) {
    char* end = nullptr;
    errno = 0;
    const long threads = std::strtol(text, &end, 10);
    if (*end || errno || threads < 1 || threads > most_threads)
      throw std::invalid_argument("the environment variable LENET_THREADS must be a whole number from 1 to " +
                                  std::to_string(most_threads) + ", but is '" + text + "'");
    return static_cast<int>(threads);
  }
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::min(CPU_COUNT(&set), most_threads);
#endif
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, most_threads);
}

void parallel(int threads, int tasks, const std::function<void(int)>& work) {
  if (threads > tasks) threads = tasks;
  if (threads > 1 && pool().run(threads, tasks, work)) return;
  for (int task = 0; task < tasks; ++task) work(task);
}

}  // namespace lenet
