package dev.quern.kernel;

import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/** Creates the native descriptor of max pooling and average pooling. */
final class Pool2d {
  private Pool2d() {}

  static Pool2dDescriptor descriptor(
      Pointer at, long batch, Shape in, Window window, boolean ceilMode, boolean countIncludePad) {
    return new Pool2dDescriptor(at)
        .batch(batch)
        .channels(in.dim(0))
        .in_height(in.dim(1))
        .in_width(in.dim(2))
        .kernel_height(window.kernel().height())
        .kernel_width(window.kernel().width())
        .stride_height(window.stride().height())
        .stride_width(window.stride().width())
        .padding_top(window.padding().top())
        .padding_left(window.padding().left())
        .padding_bottom(window.padding().bottom())
        .padding_right(window.padding().right())
        .dilation_height(window.dilation().height())
        .dilation_width(window.dilation().width())
        .src_pitch(in.dim(0))
        .dst_pitch(in.dim(0))
        .ceil_mode(ceilMode ? 1 : 0)
        .count_include_pad(countIncludePad ? 1 : 0)
        .src_type(Quern.QUERN_F32)
        .dst_type(Quern.QUERN_F32)
        .src_order(Quern.QUERN_NHWC)
        .dst_order(Quern.QUERN_NHWC);
  }
}
