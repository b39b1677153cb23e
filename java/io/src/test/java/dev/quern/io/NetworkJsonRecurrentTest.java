package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Recurrent layers in network files. */
class NetworkJsonRecurrentTest {
  @Test
  void readsAndWritesRecurrentLayers() {
    Network network =
        NetworkJsonTest.read(
            """
{"type": "reshape", "shape": [96, 32]}, {"type": "lstm", "hidden_size": 4},
{"type": "lstm", "hidden_size": 3, "direction": "bidirectional", "bias": false, "initial_state": true,
 "cell_state": true},
{"type": "gru", "hidden_size": 5, "direction": "reverse", "linear_before_reset": false},
{"type": "rnn", "hidden_size": 2, "nonlinearity": "relu"}
""");
    assertThat(network)
        .isEqualTo(
            Network.of(
                "n",
                Shape.of(3, 32, 32),
                new Reshape(96, 32),
                new Lstm(4),
                new Lstm(3, Direction.BIDIRECTIONAL, false, true, true),
                new Gru(5).direction(Direction.REVERSE).linearBeforeReset(false),
                new Rnn(2).nonlinearity(Rnn.Nonlinearity.RELU)));
    assertThat(NetworkJson.write(network))
        .contains("{\"name\":\"lstm1\",\"type\":\"lstm\",\"hidden_size\":4}")
        .contains("\"hidden_size\":3,\"direction\":\"bidirectional\",\"bias\":false,")
        .contains("\"initial_state\":true,\"cell_state\":true}")
        .contains("\"direction\":\"reverse\",\"linear_before_reset\":false}")
        .contains("\"hidden_size\":2,\"nonlinearity\":\"relu\"}");
  }
}
