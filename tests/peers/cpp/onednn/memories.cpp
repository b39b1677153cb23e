#include "onednn/memories.h"

#include <algorithm>
#include <cstdlib>

namespace peers {

dnnl::memory vector_of(const Floats& values) {
  dnnl::memory::dims dims{static_cast<dnnl::memory::dim>(values.size())};
  dnnl::memory m({dims, dnnl::memory::data_type::f32, dnnl::memory::format_tag::x}, cpu);
  std::copy(values.begin(), values.end(), static_cast<float*>(m.get_data_handle()));
  return m;
}

void convert(const dnnl::memory& from, const dnnl::memory& to) {
  dnnl::reorder(from, to).execute(queue, const_cast<dnnl::memory&>(from), const_cast<dnnl::memory&>(to));
  queue.wait();
}

dnnl::memory Memories::take(const dnnl::memory::desc& form) {
  constexpr size_t kLine = 64;
  size_t bytes = form.get_size();
  for (size_t i = unused.size(); i-- > 0;) {
    void* block = unused[i];
    size_t size = blocks.at(block).bytes;
    if (size >= bytes && size <= 2 * bytes) {
      unused.erase(unused.begin() + static_cast<std::ptrdiff_t>(i));
      return dnnl::memory(form, cpu, block);
    }
  }
  void* block = std::aligned_alloc(kLine, (bytes + 2 * kLine - 1) / kLine * kLine);
  if (!block) throw std::bad_alloc();
  blocks[block] = {bytes, std::unique_ptr<void, Free>(block)};
  return dnnl::memory(form, cpu, block);
}

/** Memory that was not taken here stays as it is. */
void Memories::give_back(const dnnl::memory& m) {
  if (blocks.count(m.get_data_handle())) unused.push_back(m.get_data_handle());
}

}  // namespace peers
