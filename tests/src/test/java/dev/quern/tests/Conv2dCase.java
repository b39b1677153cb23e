package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Conv2dPass;
import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.layer.Conv2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.Conv2dReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * One convolution, whose passes are compared with the twin's for every native implementation that
 * takes it.
 *
 * @param input {@code [N, C, H, W]}
 */
record Conv2dCase(Conv2d layer, Shape input) {
  /** With small integers, exactly, and with random floats. */
  void check() {
    for (Values.Kind kind : Values.Kind.values()) {
      check(new Values(kind, Values.seedOf(this)));
    }
  }

  private void check(Values values) {
    Passed passed = new Passed(values);
    List<String> taking =
        Conv2dPass.implementations().stream()
            .filter(name -> Eager.of(layer).accepts(name, input))
            .toList();
    assertThat(taking).as("implementations that take %s", this).contains("reference");
    assertThat(taking).as("native ones among them").hasSizeGreaterThanOrEqualTo(2);
    for (String implementation : taking) {
      Passes.forcing(implementation, () -> passed.compare(implementation));
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
    private final NdArray gbias;

    Passed(Values values) {
      this.values = values;
      x = values.array(input);
      w = values.array(layer.weightShape(input.dim(1)));
      bias = layer.bias() ? values.array(layer.outChannels()) : null;
      gy = values.array(layer.outputShape(input.sample()).batch(input.dim(0)));
      y = Conv2dReference.forward(layer, x, w, bias);
      gx = Conv2dReference.backwardData(layer, gy, w, input);
      gw = Conv2dReference.backwardWeights(layer, x, gy);
      gbias = Conv2dReference.backwardBias(gy);
    }

    void compare(String implementation) {
      String operator = "conv2d:" + implementation;
      Passes p = new Passes(layer);
      try (Arena a = new Arena()) {
        Tensor tx = Values.tensor(a, x);
        Tensor tw = Values.tensor(a, w);
        Tensor tgy = Values.tensor(a, gy);
        Tensor tbias = Values.tensor(a, bias);
        Tensor ty = p.run(operator, () -> Eager.of(layer).forward(tx, tw, tbias));
        Tensor tgx = p.run(operator, () -> Eager.of(layer).backwardData(tgy, tw, input));
        Gradients g = p.run(operator, () -> Eager.of(layer).backwardWeights(tx, tgy));
        long pixels = gy.size() / layer.outChannels();
        agree("output by " + operator, ty, y, w.size() / layer.outChannels());
        agree("grad_input by " + operator, tgx, gx, w.size() / w.dim(1) / layer.groups());
        agree("grad_weight by " + operator, g.weight(), gw, pixels);
        if (layer.bias()) {
          agree("grad_bias by " + operator, g.bias(), gbias, pixels);
        } else {
          assertThat(g.bias()).as("gradient of no bias").isNull();
        }
      }
    }

    private void agree(String what, Tensor actual, NdArray expected, long products) {
      String all = what + " of " + Conv2dCase.this + ", " + values;
      double typical = Compare.typical(products);
      if (values.kind() == Values.Kind.INTEGERS && what.endsWith("winograd")) {
        Compare.close(all, actual, expected, 20 * typical); // its transforms round, integers or not
      } else {
        Compare.agree(values.kind(), all, actual, expected, typical);
      }
    }
  }

  @Override
  public String toString() {
    return layer + " on " + input;
  }
}
