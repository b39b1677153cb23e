package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Ceil;
import dev.quern.layer.activation.Celu;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Erf;
import dev.quern.layer.activation.Exp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Floor;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Round;
import dev.quern.layer.activation.Selu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Sign;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Softsign;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.activation.Tanh;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Element-wise layers in a network file: their keys, their defaults, and back. */
class NetworkJsonActivationsTest {
  @Test
  void activationsHavePyTorchsNamesOptionsAndDefaults() {
    Network network =
        NetworkJsonTest.read(
            """
{"type": "relu6"}, {"type": "leaky_relu"}, {"type": "leaky_relu", "negative_slope": 0.2},
{"type": "elu"}, {"type": "elu", "alpha": 0.5}, {"type": "selu"}, {"type": "gelu"},
{"type": "gelu", "approximate": "none"}, {"type": "gelu", "approximate": "tanh"},
{"type": "silu"}, {"type": "mish"}, {"type": "hardswish"}, {"type": "hardsigmoid"},
{"type": "sigmoid"}, {"type": "tanh"}, {"type": "softplus"},
{"type": "softplus", "beta": 2, "threshold": 10}, {"type": "log_softmax"}
""");
    assertThat(network)
        .isEqualTo(
            Network.of(
                "n",
                Shape.of(3, 32, 32),
                new Relu6(),
                new LeakyRelu(0.01f),
                new LeakyRelu(0.2f),
                new Elu(1),
                new Elu(0.5f),
                new Selu(),
                new Gelu(Gelu.Approximate.NONE),
                new Gelu(Gelu.Approximate.NONE),
                new Gelu(Gelu.Approximate.TANH),
                new Silu(),
                new Mish(),
                new Hardswish(),
                new Hardsigmoid(),
                new Sigmoid(),
                new Tanh(),
                new Softplus(1, 20),
                new Softplus(2, 10),
                new LogSoftmax()));
    String text = NetworkJson.write(network);
    assertThat(NetworkJson.read(text)).isEqualTo(network);
    assertThat(text)
        .contains("{\"name\":\"elu1\",\"type\":\"elu\"},")
        .contains("\"type\":\"gelu\",\"approximate\":\"tanh\"}")
        .contains("\"type\":\"softplus\",\"beta\":2.0,\"threshold\":10.0}");
  }

  @Test
  void functionsHaveTheirCoefficientsAndNoInfinity() {
    Network network =
        NetworkJsonTest.read(
            """
{"type": "abs"}, {"type": "affine"}, {"type": "affine", "scale": -1, "shift": 0.5}, {"type": "ceil"},
{"type": "celu"}, {"type": "celu", "alpha": 0.5}, {"type": "clamp"}, {"type": "clamp", "min": -2},
{"type": "clamp", "min": 0, "max": 6}, {"type": "erf"}, {"type": "exp"},
{"type": "fake_quantize", "scale": 0.1, "zero_point": -3, "quant_min": -128, "quant_max": 127},
{"type": "floor"}, {"type": "log"}, {"type": "power", "exponent": -0.5}, {"type": "reciprocal"},
{"type": "round"}, {"type": "sign"}, {"type": "softsign"}, {"type": "sqrt"}
""");
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(network)
        .isEqualTo(
            Network.of(
                "n",
                Shape.of(3, 32, 32),
                new Abs(),
                new Affine(1, 0),
                new Affine(-1, 0.5f),
                new Ceil(),
                new Celu(1),
                new Celu(0.5f),
                new Clamp(-infinity, infinity),
                new Clamp(-2, infinity),
                new Clamp(0, 6),
                new Erf(),
                new Exp(),
                new FakeQuantize(0.1f, -3, -128, 127),
                new Floor(),
                new Log(),
                new Power(-0.5f),
                new Reciprocal(),
                new Round(),
                new Sign(),
                new Softsign(),
                new Sqrt()));
    String text = NetworkJson.write(network);
    assertThat(NetworkJson.read(text)).isEqualTo(network);
    assertThat(text)
        .contains("{\"name\":\"affine1\",\"type\":\"affine\"},")
        .contains("\"type\":\"clamp\",\"min\":-2.0}")
        .contains("\"type\":\"power\",\"exponent\":-0.5}");
  }
}
