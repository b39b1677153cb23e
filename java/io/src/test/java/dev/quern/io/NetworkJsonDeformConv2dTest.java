package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.Conv2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import org.junit.jupiter.api.Test;

/** Deformable convolutions with two and three inputs in network files. */
class NetworkJsonDeformConv2dTest {
  @Test
  void readsAndWritesDeformableConvolutions() {
    Network network =
        NetworkJsonTest.read(
            """
{"name": "a", "type": "conv2d", "out_channels": 18, "kernel": 3, "padding": 1},
{"name": "b", "type": "deform_conv2d", "out_channels": 6, "kernel": 3, "padding": 1, "inputs": ["input", "a"]},
{"name": "c", "type": "conv2d", "out_channels": 24, "kernel": [2, 3], "stride": 2, "dilation": [1, 2],
 "padding": [0, 1]},
{"name": "d", "type": "conv2d", "out_channels": 12, "kernel": [2, 3], "stride": 2, "dilation": [1, 2],
 "padding": [0, 1], "inputs": ["b"]},
{"name": "e", "type": "deform_conv2d", "out_channels": 4, "kernel": [2, 3], "stride": 2, "padding": [0, 1],
 "dilation": [1, 2], "groups": 2, "offset_groups": 2, "bias": false, "inputs": ["b", "c", "d"]}
""");
    Size kernel = new Size(2, 3);
    Size padding = new Size(0, 1);
    Size dilation = new Size(1, 2);
    Conv2d like = new Conv2d(24, kernel).stride(2).padding(padding).dilation(dilation);
    DeformConv2d last = new DeformConv2d(4, kernel, Size.of(2), padding, dilation, 2, 2, false);
    assertThat(network)
        .isEqualTo(
            Network.builder("n", Shape.of(3, 32, 32))
                .add("a", new Conv2d(18, 3).padding(1))
                .add("b", new DeformConv2d(6, 3).padding(1), "input", "a")
                .add("c", like)
                .add("d", new Conv2d(12, kernel).stride(2).padding(padding).dilation(dilation), "b")
                .add("e", last, "b", "c", "d")
                .build());
    assertThat(NetworkJson.write(network))
        .contains("\"type\":\"deform_conv2d\",\"out_channels\":6,\"kernel\":3,\"padding\":1,")
        .contains("\"groups\":2,\"offset_groups\":2,\"bias\":false");
  }
}
