package dev.quern.layer.shape;

import dev.quern.error.InvalidArgumentException;
import dev.quern.kernel.Rearrangement;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * One of several equal parts of a sample along an axis, as in PyTorch's {@code chunk}; each part
 * needs a separate layer.
 *
 * @param axis the axis, not counting the batch; negative axes count from the last
 * @param chunks the number of parts, which must divide the axis' size
 * @param index the index of the part, from 0
 */
public record Chunk(int axis, int chunks, int index) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Chunk> TYPE =
      LayerType.of("chunk", Chunk.class)
          .integer("axis", Chunk::axis)
          .integer("chunks", Chunk::chunks)
          .integer("index", Chunk::index)
          .made(v -> new Chunk(v.integer("axis"), v.integer("chunks"), v.integer("index")));

  public Chunk {
    Checks.atLeast("chunk", "chunks", chunks, 1);
    Checks.atLeast("chunk", "index", index, 0);
    if (index >= chunks) {
      throw new InvalidArgumentException(
          "chunk: index " + index + " must be less than chunks " + chunks);
    }
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return rearrangement(Checks.any("chunk", input)).out();
  }

  private Rearrangement rearrangement(Shape input) {
    return Rearrangement.chunk(input, axis, chunks, index);
  }
}
