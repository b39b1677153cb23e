package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.shape.Reshape;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.BatchNorm3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;
import org.junit.jupiter.api.Test;

/** Layers of volumes as JSON. */
class NetworkJsonVolumesTest {
  @Test
  void readsAndWritesLayersOfVolumes() {
    Network network =
        NetworkJsonTest.read(
            """
{"type": "reshape", "shape": [3, 8, 16, 8]},
{"type": "conv3d", "out_channels": 4, "kernel": [3, 5, 5], "padding": [1, 2, 2], "stride": 1, "bias": false},
{"type": "batch_norm3d"}, {"type": "max_pool3d", "kernel": 2, "dilation": [1, 2, 1], "ceil_mode": true},
{"type": "avg_pool3d", "kernel": [1, 2, 2], "stride": 1, "count_include_pad": false},
{"type": "conv3d", "out_channels": 6, "kernel": 3, "stride": [2, 1, 1], "dilation": 1, "padding": 1, "groups": 2}
""");
    assertThat(network)
        .isEqualTo(
            Network.of(
                "n",
                Shape.of(3, 32, 32),
                new Reshape(3, 8, 16, 8),
                new Conv3d(4, new Size3(3, 5, 5)).padding(new Size3(1, 2, 2)).bias(false),
                new BatchNorm3d(),
                new MaxPool3d(2).dilation(new Size3(1, 2, 1)).ceilMode(true),
                new AvgPool3d(new Size3(1, 2, 2)).stride(1).countIncludePad(false),
                new Conv3d(6, 3).stride(new Size3(2, 1, 1)).padding(1).groups(2)));
    assertThat(NetworkJson.write(network))
        .contains("\"out_channels\":4,\"kernel\":[3,5,5],\"padding\":[1,2,2],\"bias\":false}")
        .contains("\"type\":\"batch_norm3d\"}")
        .contains("\"kernel\":2,\"dilation\":[1,2,1],\"ceil_mode\":true}")
        .contains("\"kernel\":[1,2,2],\"stride\":1,\"count_include_pad\":false}")
        .contains("\"kernel\":3,\"stride\":[2,1,1],\"padding\":1,\"groups\":2}");
  }
}
