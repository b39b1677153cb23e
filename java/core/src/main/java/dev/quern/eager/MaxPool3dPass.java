package dev.quern.eager;

import dev.quern.kernel.MaxPool2dKernel;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.conv.Window3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/** Forward and backward pass of {@link MaxPool3d} on tensors. */
public final class MaxPool3dPass {
  private final MaxPool3d layer;

  MaxPool3dPass(MaxPool3d layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, D, H, W]}
   * @return {@code [N, C, D', H', W']}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape in = VolumeTensors.check("max_pool3d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    try (Scratch s = new Scratch(input)) {
      FloatPointer x = VolumeTensors.channelsLast(s, input);
      for (Step step : steps(s, in, out)) {
        step.kernel.forward(x, step.dst, null);
        x = step.dst;
      }
      return VolumeTensors.tensor(s, input.arena(), out, x);
    }
  }

  /**
   * Returns the gradient with respect to the input; recomputes the positions of the maxima.
   *
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    Shape in = VolumeTensors.check("max_pool3d", "input", input);
    Shape out = layer.outputShape(in.sample()).batch(in.dim(0));
    TensorChecks.shape("max_pool3d", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(input, gradOutput)) {
      List<Step> steps = steps(s, in, out);
      FloatPointer x = VolumeTensors.channelsLast(s, input);
      for (Step step : steps) {
        step.kernel.forward(x, step.dst, step.indices);
        x = step.dst;
      }
      FloatPointer diff = VolumeTensors.channelsLast(s, gradOutput);
      for (int i = steps.size() - 1; i >= 0; i--) {
        FloatPointer diffSrc = s.floats(steps.get(i).inputs);
        steps.get(i).kernel.backward(diff, steps.get(i).indices, diffSrc);
        diff = diffSrc;
      }
      return VolumeTensors.tensor(s, input.arena(), in, diff);
    }
  }

  /** A pooling of images, its number of inputs, and memory for its results. */
  private record Step(MaxPool2dKernel kernel, long inputs, FloatPointer dst, IntPointer indices) {}

  private List<Step> steps(Scratch s, Shape in, Shape out) {
    Window3d window =
        new Window3d(layer.kernel(), layer.stride(), layer.padding(), layer.dilation());
    List<Step> all = new ArrayList<>();
    for (Window3d.Pooling p : window.poolings(in.sample(), out.sample())) {
      long images = in.dim(0) * p.images();
      MaxPool2dKernel kernel =
          new MaxPool2dKernel(s.descriptor(), images, p.image(), p.window(), layer.ceilMode());
      long count = p.out().batch(in.dim(0)).elements();
      all.add(new Step(kernel, images * p.image().elements(), s.floats(count), s.ints(count)));
    }
    return all;
  }
}
