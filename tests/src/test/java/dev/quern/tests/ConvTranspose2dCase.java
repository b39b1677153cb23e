package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Conv2dPass;
import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.ConvTranspose2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * One transposed convolution, whose passes are compared with the twin's for every native
 * implementation of the convolution that it mirrors.
 *
 * @param input {@code [N, C, H, W]}
 */
record ConvTranspose2dCase(ConvTranspose2d layer, Shape input) {
  /** With small integers, exactly, and with random floats. */
  void check() {
    Conv2d mirror =
        new Conv2d(
            (int) input.dim(1),
            layer.kernel(),
            layer.stride(),
            layer.padding(),
            layer.dilation(),
            layer.groups(),
            false);
    Shape out = layer.outputShape(input.sample()).batch(input.dim(0));
    List<String> taking =
        Conv2dPass.implementations().stream()
            .filter(name -> Eager.of(mirror).accepts(name, out))
            .toList();
    assertThat(taking).as("implementations that take %s", this).hasSizeGreaterThanOrEqualTo(2);
    for (Values.Kind kind : Values.Kind.values()) {
      Passed passed = new Passed(new Values(kind, Values.seedOf(this)));
      for (String implementation : taking) {
        Passes.forcing(implementation, () -> passed.compare("conv2d:" + implementation));
      }
    }
  }

  /** Inputs of all passes and what the twin makes of them. */
  private final class Passed {
    private final Values values;
    private final NdArray x;
    private final NdArray w;
    private final NdArray bias;
    private final NdArray gy;
    private final NdArray y;
    private final NdArray gx;
    private final NdArray gw;

    Passed(Values values) {
      this.values = values;
      x = values.array(input);
      w = values.array(layer.weightShape(input.dim(1)));
      bias = layer.bias() ? values.array(layer.outChannels()) : null;
      gy = values.array(layer.outputShape(input.sample()).batch(input.dim(0)));
      y = ConvTranspose2dReference.forward(layer, x, w, bias);
      gx = ConvTranspose2dReference.backwardData(layer, gy, w, input);
      gw = ConvTranspose2dReference.backwardWeights(layer, x, gy);
    }

    void compare(String operator) {
      Passes p = new Passes();
      try (Arena a = new Arena()) {
        Tensor tx = Values.tensor(a, x);
        Tensor tw = Values.tensor(a, w);
        Tensor tgy = Values.tensor(a, gy);
        Tensor tbias = Values.tensor(a, bias);
        Tensor ty = p.run(operator, () -> Eager.of(layer).forward(tx, tw, tbias));
        Tensor tgx = p.run(operator, () -> Eager.of(layer).backwardData(tgy, tw, input));
        Gradients g = p.run(operator, () -> Eager.of(layer).backwardWeights(tx, tgy));
        long pixels = input.elements() / input.dim(1);
        agree("output by " + operator, ty, y, w.size() / layer.outChannels());
        agree("grad_input by " + operator, tgx, gx, w.size() / input.dim(1));
        agree("grad_weight by " + operator, g.weight(), gw, pixels);
        if (layer.bias()) {
          NdArray gbias = ConvTranspose2dReference.backwardBias(gy);
          agree("grad_bias by " + operator, g.bias(), gbias, gy.size() / layer.outChannels());
        } else {
          assertThat(g.bias()).as("gradient of no bias").isNull();
        }
      }
    }

    private void agree(String what, Tensor actual, NdArray expected, long products) {
      String all = what + " of " + ConvTranspose2dCase.this + ", " + values;
      Compare.agree(values.kind(), all, actual, expected, Compare.typical(products));
    }
  }

  @Override
  public String toString() {
    return layer + " on " + input;
  }
}
