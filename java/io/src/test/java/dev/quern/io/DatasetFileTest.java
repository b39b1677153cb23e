package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetFileTest {
  private static final List<String> AB = List.of("a", "b");

  @TempDir Path dir;

  private static final Dataset LABELS =
      Dataset.of(
          "pets", Shape.of(1, 1, 2), AB, new byte[] {0, -1, 2, 3, 4, 5}, new int[] {1, 0, 1});

  private Path path() {
    return dir.resolve("x.safetensors");
  }

  private Dataset again(Dataset data) {
    DatasetFile.save(path(), data);
    return DatasetFile.load(path());
  }

  @Test
  void labelsComeBack() {
    Dataset d = again(LABELS);
    assertThat(d.name()).isEqualTo("pets");
    assertThat(d.shape()).isEqualTo(Shape.of(1, 1, 2));
    assertThat(d.classes()).containsExactly("a", "b");
    assertThat(d.kind()).isEqualTo(Dataset.Kind.BYTES);
    assertThat(d.hasTargets()).isFalse();
    assertThat(d.image(0)).containsExactly(0, -1);
    assertThat(List.of(d.label(0), d.label(1), d.label(2))).containsExactly(1, 0, 1);
  }

  @Test
  void targetsComeBack() {
    float[] values = {0.5f, -1, 2, 3, 4, 5};
    float[] targets = {1, 0, 0, 1, 1, 1};
    Dataset d =
        again(
            Dataset.ofTargets("f", Shape.of(2), values, Shape.of(2), FloatBuffer.wrap(targets))
                .withClasses(AB));
    assertThat(d.kind()).isEqualTo(Dataset.Kind.FLOATS);
    assertThat(d.classes()).containsExactly("a", "b");
    assertThat(d.floats(0)).containsExactly(0.5f, -1);
    assertThat(d.target(1)).containsExactly(0, 1);
    Dataset maps = LABELS.withTargets(Shape.of(3, 1, 2), FloatBuffer.allocate(18));
    assertThat(again(maps).targetShape()).isEqualTo(Shape.of(3, 1, 2));
    assertThat(again(LABELS.withSamplesAsTargets()).target(0)).containsExactly(0, 1);
  }

  @Test
  void emptySetsComeBack() {
    assertThat(again(LABELS.slice(0, 0)).size()).isZero();
    assertThat(again(LABELS.withSamplesAsTargets().slice(0, 0)).targetShape())
        .isEqualTo(Shape.of(1, 1, 2));
  }

  @Test
  void equalSetsGiveEqualBytes() throws IOException {
    DatasetFile.save(path(), LABELS);
    byte[] first = Files.readAllBytes(path());
    DatasetFile.save(path(), DatasetFile.load(path()));
    assertThat(path()).hasBinaryContent(first);
  }

  @Test
  void aSetThatThrowsIsNamed() {
    Dataset own =
        new Dataset() {
          @Override
          public String name() {
            return "own";
          }

          @Override
          public int size() {
            return 2;
          }

          @Override
          public Shape shape() {
            return Shape.of(3);
          }

          @Override
          public List<String> classes() {
            return List.of("a");
          }

          @Override
          public void copyBytes(int index, ByteBuffer to) {
            throw new IllegalStateException("lost");
          }
        };
    assertThatThrownBy(() -> DatasetFile.save(dir.resolve("own.safetensors"), own))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("sample 0 threw java.lang.IllegalStateException: lost");
  }

  @Test
  void withoutTargetsSamplesAreTheTargets() throws IOException {
    Path bytes = RawTensors.dataset().tensor("inputs", "U8", "2,1", 0, 51).write(path());
    Dataset d = DatasetFile.load(bytes);
    assertThat(d.classes()).isEmpty();
    assertThat(d.targetShape()).isEqualTo(Shape.of(1));
    assertThat(d.target(1)).containsExactly(0.2f);
    Path floats = RawTensors.dataset().tensor("inputs", "F32", "2,1", 0, 51).write(path());
    assertThat(DatasetFile.load(floats).target(1)).containsExactly(51);
  }

  @ParameterizedTest
  @ValueSource(strings = {"BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "I64"})
  void wholeNumbersAreLabelsOrTargets(String dtype) throws IOException {
    Path labels =
        RawTensors.dataset()
            .with("classes", "[\"a\", \"b\"]")
            .tensor("inputs", "U8", "3,1", 1, 2, 3)
            .tensor("targets", dtype, "3", 0, 1, 1)
            .write(path());
    Dataset d = DatasetFile.load(labels);
    assertThat(List.of(d.label(0), d.label(1), d.label(2))).containsExactly(0, 1, 1);
    Path several =
        RawTensors.dataset()
            .tensor("targets", dtype, "2,2", 0, 1, 1, 0)
            .tensor("inputs", "U8", "2,1", 1, 2)
            .write(path());
    assertThat(DatasetFile.load(several).target(0)).containsExactly(0, 1);
  }

  @ParameterizedTest
  @CsvSource({"U8,200,200", "I8,-3,-3", "U16,60000,60000", "U32,4e9,4e9", "I64,-5e18,-5e18"})
  void wholeNumbersKeepTheirSign(String dtype, double value, float wanted) throws IOException {
    Path file =
        RawTensors.dataset()
            .tensor("inputs", "U8", "1,1", 1)
            .tensor("targets", dtype, "1,1", value)
            .write(path());
    assertThat(DatasetFile.load(file).target(0)).containsExactly(wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F64", "BF16"})
  void floatsAreNumbers(String dtype) throws IOException {
    Path file =
        RawTensors.dataset()
            .tensor("inputs", dtype, "2,1,2", 1, 2, 3, -4)
            .tensor("targets", dtype, "2", 0.5, -2)
            .write(path());
    Dataset d = DatasetFile.load(file);
    assertThat(d.floats(1)).containsExactly(3, -4);
    assertThat(d.targetShape()).isEqualTo(Shape.of(1));
    assertThat(d.target(1)).containsExactly(-2);
    assertThat(d.name()).isEqualTo("x");
  }

  @Test
  void nameIsThatOfTheFileOrOfTheFolderOfSplits() throws IOException {
    for (String split : List.of("train", "test")) {
      Path folder = Files.createDirectories(dir.resolve("my shapes"));
      RawTensors raw = RawTensors.dataset().tensor("inputs", "U8", "1,1", 0);
      Path file = raw.write(folder.resolve(split + ".safetensors"));
      assertThat(DatasetFile.load(file).name()).isEqualTo("my shapes");
      raw.with("name", "told").write(file);
      assertThat(DatasetFile.load(file).name()).isEqualTo("told");
    }
  }

  private static Network two() {
    return Network.builder("two")
        .input("left", Shape.of(2))
        .input("right", Shape.of(1))
        .add("kind", new Linear(2), "left")
        .add("age", new Linear(1), "right")
        .output("kind", "age")
        .build();
  }

  private MultiDataset multi() {
    Dataset left = Dataset.of("l", Shape.of(2), AB, new float[] {1, 2, 3, 4}, new int[] {1, 0});
    Dataset right =
        Dataset.ofTargets(
            "r",
            Shape.of(1),
            new byte[] {7, 8},
            Shape.of(1),
            FloatBuffer.wrap(new float[] {30, 40}));
    return MultiDataset.of(
        Map.of("left", left, "right", right), Map.of("kind", left, "age", right));
  }

  @Test
  void severalInputsAndTargetsComeBack() {
    DatasetFile.save(path(), multi());
    MultiDataset m = DatasetFile.load(path(), two());
    assertThat(m.inputs().keySet()).containsExactly("left", "right");
    assertThat(m.targets().keySet()).containsExactly("kind", "age");
    assertThat(m.inputs().get("left").floats(1)).containsExactly(3, 4);
    assertThat(m.inputs().get("right").image(1)).containsExactly(8);
    assertThat(m.targets().get("kind").label(0)).isEqualTo(1);
    assertThat(m.targets().get("kind").classes()).containsExactly("a", "b");
    assertThat(m.targets().get("age").target(1)).containsExactly(40);
    assertThat(m.targets().get("age").classes()).isEmpty();
    assertThatThrownBy(() -> DatasetFile.load(path()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("but a Dataset has only one of each: pass a network to load");
  }

  @Test
  void oneInputNeedsNoName() throws IOException {
    Path file =
        RawTensors.dataset()
            .with("classes.kind", "[\"a\", \"b\"]")
            .tensor("inputs", "U8", "1,3", 1, 2, 3)
            .tensor("targets.kind", "I64", "1", 1)
            .tensor("targets.age", "F32", "1", 30)
            .write(path());
    Network heads =
        Network.builder("heads", Shape.of(3))
            .add("kind", new Linear(2))
            .add("age", new Linear(1), Network.INPUT)
            .output("kind", "age")
            .build();
    MultiDataset m = DatasetFile.load(file, heads);
    assertThat(m.inputs().get(Network.INPUT).image(0)).containsExactly(1, 2, 3);
    assertThat(m.targets().get("kind").label(0)).isEqualTo(1);
    assertThat(m.targets().get("age").target(0)).containsExactly(30);
    Network single = Network.of("single", Shape.of(3), new Linear(3));
    RawTensors.dataset().tensor("inputs", "U8", "1,3", 0, 0, 51).write(path());
    assertThat(DatasetFile.load(file, single).targets().get("linear1").target(0))
        .containsExactly(0, 0, 0.2f);
    DatasetFile.save(path(), LABELS);
    assertThat(DatasetFile.load(file, single).targets().get("linear1").label(0)).isEqualTo(1);
  }

  @Test
  void namesAreTheNetworks() throws IOException {
    DatasetFile.save(path(), multi());
    Network other =
        Network.builder("other")
            .input("left", Shape.of(2))
            .input("rigt", Shape.of(1))
            .add("kind", new Linear(2), "left")
            .add("age", new Linear(1), "rigt")
            .output("kind", "age")
            .build();
    assertThatThrownBy(() -> DatasetFile.load(path(), other))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("data set file: " + path() + ": its inputs [")
        .hasMessageEndingWith("] do not match network other, which has [left, rigt]");
    RawTensors.dataset().tensor("inputs", "U8", "1,2", 1, 2).write(path());
    assertThatThrownBy(() -> DatasetFile.load(path(), two()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("its inputs [] do not match network two, which has [left, right]");
    RawTensors.dataset()
        .tensor("inputs.left", "U8", "1,2", 1, 2)
        .tensor("inputs.right", "U8", "1,1", 1)
        .write(path());
    assertThatThrownBy(() -> DatasetFile.load(path(), two()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("its targets [] do not match network two, which has [kind, age]");
  }

  /** A set that does not keep its word. */
  private record Liar(float[] value, byte[] bytes, int label, List<String> classes)
      implements Dataset {
    @Override
    public String name() {
      return "liar";
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public Shape shape() {
      return Shape.of(2);
    }

    @Override
    public Kind kind() {
      return bytes == null ? Kind.FLOATS : Kind.BYTES;
    }

    @Override
    public float[] floats(int index) {
      return value;
    }

    @Override
    public byte[] image(int index) {
      return bytes;
    }

    @Override
    public int label(int index) {
      return label;
    }
  }

  @Test
  void setsThatLieAreNotSaved() {
    float[] good = {1, 2};
    for (Dataset liar :
        List.of(
            new Liar(new float[] {1, Float.NaN}, null, 0, AB),
            new Liar(new float[1], null, 0, AB),
            new Liar(null, null, 0, AB),
            new Liar(null, new byte[3], 0, AB),
            new Liar(good, null, 2, AB),
            new Liar(good, null, -1, AB))) {
      assertThatThrownBy(() -> DatasetFile.save(path(), liar))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("of liar");
    }
    assertThatThrownBy(() -> DatasetFile.save(path(), new Liar(good, null, 0, null)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("classes is null");
    assertThat(path()).doesNotExist();
    DatasetFile.save(path(), new Liar(good, null, 0, AB));
  }

  /** A set that forgets its shape once it has told it. */
  private static final class Forgetful implements Dataset {
    private int asked;

    @Override
    public String name() {
      return "forgetful";
    }

    @Override
    public int size() {
      return 2;
    }

    @Override
    public Shape shape() {
      return asked++ == 0 ? Shape.of(1) : null;
    }

    @Override
    public List<String> classes() {
      return AB;
    }

    @Override
    public byte[] image(int index) {
      return new byte[1];
    }

    @Override
    public int label(int index) {
      return index;
    }
  }

  @Test
  void theShapeIsAskedForOnce() {
    DatasetFile.save(path(), new Forgetful());
    assertThat(DatasetFile.load(path()).shape()).isEqualTo(Shape.of(1));
  }
}
