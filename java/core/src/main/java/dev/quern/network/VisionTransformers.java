package dev.quern.network;

import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.math.Add;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.tensor.Shape;

/**
 * Vision transformers: an image is divided into square patches, each of which becomes a token of a
 * transformer encoder. Layers have torchvision's names.
 */
final class VisionTransformers {
  private static final float EPS = 1e-6f;

  private static final int MLP_RATIO = 4;

  /** Maximum number of patches along an axis; attention compares each two of all patches. */
  private static final int MOST = 256;

  private final NetworkBuilder net;
  private final int features;
  private final int heads;

  private VisionTransformers(String name, Shape input, int features, int heads) {
    net = Network.builder(name, input);
    this.features = features;
    this.heads = heads;
  }

  /**
   * Returns a vision transformer.
   *
   * @param patch height and width of a patch; those of the image must be multiples of it
   * @param features number of features of a token
   * @param blocks number of encoder blocks
   */
  static Network of(
      String name, Shape input, int classes, int patch, int features, int blocks, int heads) {
    if (input.rank() != 3 || input.isFree() || !isWhole(patch, input.dim(1), input.dim(2))) {
      throw new ShapeException(
          name
              + ": input "
              + input
              + " must be [C, H, W] with H and W fixed, multiples of "
              + patch
              + " and at most "
              + patch * MOST
              + " (layer conv_proj)");
    }
    return new VisionTransformers(name, input, features, heads)
        .network(classes, patch, blocks, input.dim(1) / patch * (input.dim(2) / patch));
  }

  private static boolean isWhole(int patch, long height, long width) {
    return height > 0
        && width > 0
        && height % patch == 0
        && width % patch == 0
        && Math.max(height, width) / patch <= MOST;
  }

  private Network network(int classes, int patch, int blocks, long patches) {
    net.add("conv_proj", new Conv2d(features, patch).stride(patch))
        .add("patches", new Reshape(features, (int) patches))
        .add("tokens", new Permute(1, 0))
        .add("class_token", new TrainableTensor(1, features))
        .add("with_class_token", new Concat(0), "class_token", "tokens")
        .add("encoder.pos_embedding", new TrainableTensor(patches + 1, features).random(true))
        .add("encoder.positions", new Add(), "with_class_token", "encoder.pos_embedding");
    for (int i = 0; i < blocks; i++) {
      block("encoder.layers.encoder_layer_" + i);
    }
    return net.add("encoder.ln", norm())
        .add("class", new Slice(0, 0, 1))
        .add("class_features", new Reshape(features))
        .add("heads.head", new Linear(classes))
        .build();
  }

  private void block(String name) {
    String from = net.last();
    net.add(name + ".ln_1", norm());
    attention(name + ".self_attention");
    net.add(name + ".add_1", new Add(), net.last(), from);
    from = net.last();
    net.add(name + ".ln_2", norm())
        .add(name + ".mlp.0", new Linear(MLP_RATIO * features))
        .add(name + ".mlp.1", new Gelu())
        .add(name + ".mlp.3", new Linear(features))
        .add(name + ".add_2", new Add(), name + ".mlp.3", from);
  }

  /** Adds multi-head self-attention with the projections of PyTorch's nn.MultiheadAttention. */
  private void attention(String name) {
    String projected = name + ".in_proj";
    net.add(projected, new Linear(3 * features))
        .add(name + ".query", new Chunk(1, 3, 0), projected)
        .add(name + ".key", new Chunk(1, 3, 1), projected)
        .add(name + ".value", new Chunk(1, 3, 2), projected)
        .add(
            name + ".attention",
            new ScaledDotProductAttention(heads),
            name + ".query",
            name + ".key",
            name + ".value")
        .add(name + ".out_proj", new Linear(features));
  }

  private LayerNorm norm() {
    return new LayerNorm(Shape.of(features), EPS, true, true);
  }
}
