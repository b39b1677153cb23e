package dev.quern.eager;

import dev.quern.kernel.AvgPool2dKernel;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.conv.Window3d;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** Forward and backward pass of {@link AvgPool3d} on tensors. */
public final class AvgPool3dPass {
  private final AvgPool3d layer;

  AvgPool3dPass(AvgPool3d layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, D, H, W]}
   * @return {@code [N, C, D', H', W']}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape in = VolumeTensors.check("avg_pool3d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    try (Scratch s = new Scratch(input)) {
      FloatPointer x = VolumeTensors.channelsLast(s, input);
      for (Window3d.Pooling p : poolings(in, out)) {
        FloatPointer dst = s.floats(p.out().batch(in.dim(0)).elements());
        kernel(s, in.dim(0), p).forward(x, dst);
        x = dst;
      }
      return VolumeTensors.tensor(s, input.arena(), out, x);
    }
  }

  /**
   * Returns the gradient with respect to an input of shape {@code input}, {@code [N, C, D, H, W]}.
   *
   * @return a tensor with the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    Shape in = VolumeTensors.check("avg_pool3d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape("avg_pool3d", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(gradOutput)) {
      FloatPointer diff = VolumeTensors.channelsLast(s, gradOutput);
      List<Window3d.Pooling> all = poolings(in, out);
      for (int i = all.size() - 1; i >= 0; i--) {
        Window3d.Pooling p = all.get(i);
        FloatPointer diffSrc = s.floats(in.dim(0) * p.images() * p.image().elements());
        kernel(s, in.dim(0), p).backward(diff, diffSrc);
        diff = diffSrc;
      }
      return VolumeTensors.tensor(s, gradOutput.arena(), in, diff);
    }
  }

  private List<Window3d.Pooling> poolings(Shape in, Shape out) {
    return new Window3d(layer.kernel(), layer.stride(), layer.padding(), Size3.of(1))
        .poolings(in.sample(), out.sample());
  }

  private AvgPool2dKernel kernel(Scratch s, long batch, Window3d.Pooling p) {
    return new AvgPool2dKernel(
        s.descriptor(),
        batch * p.images(),
        p.image(),
        p.window(),
        layer.ceilMode(),
        layer.countIncludePad());
  }
}
