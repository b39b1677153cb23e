package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.LayoutKernel;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/** Tensors of volumes, {@code [N, C, D, H, W]}, for kernels that read channels last. */
final class VolumeTensors {
  private VolumeTensors() {}

  static Shape check(String op, String what, Tensor t) {
    return check(op, what, Require.present(op, what, t).shape());
  }

  static Shape check(String op, String what, Shape s) {
    if (Require.present(op, what, s).rank() != 5) {
      throw new ShapeException(
          op + ": " + what + " " + s + " must have shape [batch, channels, depth, height, width]");
    }
    return s;
  }

  /** Returns the shape of images that consist of all slices. */
  private static Shape images(Shape s) {
    return Shape.of(s.dim(0), s.dim(1), Math.multiplyExact(s.dim(2), s.dim(3)), s.dim(4));
  }

  /** Returns a temporary channels-last copy of a tensor. */
  static FloatPointer channelsLast(Scratch s, Tensor t) {
    FloatPointer copy = s.floats(t.shape().elements());
    LayoutKernel.toNhwc(images(t.shape()), s.raw(t), copy);
    return copy;
  }

  /** Copies channels-last memory to a new tensor. */
  static Tensor tensor(Scratch s, Arena arena, Shape shape, FloatPointer channelsLast) {
    Tensor t = arena.tensor(shape);
    LayoutKernel.toNchw(images(shape), channelsLast, s.raw(t));
    return t;
  }
}
