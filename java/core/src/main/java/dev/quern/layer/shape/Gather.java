package dev.quern.layer.shape;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.GatherAxis;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Selection of positions along one axis of a sample, in any order and with repetitions: position i
 * of the output is position {@code indices[i]} of the input, as in PyTorch's {@code index_select}
 * and NumPy's {@code take}. The gradient of an input position is the sum of its copies' gradients.
 *
 * @param axis the axis, not counting the batch; negative axes count from the last
 * @param indices 1 to 2^20 positions; negative positions count from the end of the axis
 */
public record Gather(int axis, List<Integer> indices) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Gather> TYPE =
      LayerType.of("gather", Gather.class)
          .integer("axis", Gather::axis)
          .integers("indices", Gather::indices)
          .made(v -> new Gather(v.integer("axis"), v.integers("indices")));

  private static final int MOST = 1 << 20;

  private static final int SHOWN = 8;

  public Gather {
    indices = Require.all("gather", "indices", indices);
    if (indices.isEmpty() || indices.size() > MOST) {
      throw new InvalidArgumentException(
          "gather: expects 1 to " + MOST + " indices, found " + indices.size());
    }
  }

  public Gather(int axis, int... indices) {
    this(axis, Arrays.stream(Require.present("gather", "indices", indices)).boxed().toList());
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return of(Checks.any("gather", input)).out();
  }

  private GatherAxis of(Shape input) {
    return GatherAxis.of(input, axis, indices);
  }

  /** Returns the axis and the indices; more than 8 indices are replaced by their number. */
  @Override
  public String toString() {
    String text = indices.size() > SHOWN ? indices.size() + " indices" : indices.toString();
    return "Gather[axis=" + axis + ", indices=" + text + "]";
  }
}
