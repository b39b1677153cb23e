package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import dev.quern.io.ModelFile;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFileTest {
  private static final String FLOWERS =
      """
      id,length,width,species,use,weight
      1,5.1,3.5,setosa,train,1
      2,7,3.2,versicolor,train,2
      3,6.3,,virginica,val,0.5
      4,4.9,-3e0,setosa,test,0
      """;

  @TempDir Path dir;

  private Path file(String content) throws IOException {
    return Files.writeString(dir.resolve("flowers.csv"), content);
  }

  private CsvFileBuilder flowers() throws IOException {
    return CsvFile.builder(file(FLOWERS)).label("species").missing(-1);
  }

  @Test
  void classesWithEveryColumnRole() throws IOException {
    CsvFile csv =
        flowers().ignore(List.of("id")).splitColumn("use").weights("weight").split(0.5, 1).open();
    assertThat(csv)
        .hasToString("CsvFile flowers: 2 features, 2 training, 1 validation and 1 test samples");
    assertThat(csv.name()).isEqualTo("flowers");
    assertThat(csv.features()).containsExactly("length", "width");
    assertThat(csv.classes()).containsExactly("setosa", "versicolor", "virginica");
    assertThat(csv.isDivided()).isFalse();
    Dataset train = csv.train();
    assertThat(train.shape()).isEqualTo(Shape.of(2));
    assertThat(train.kind()).isEqualTo(Dataset.Kind.FLOATS);
    assertThat(train.floats(1)).containsExactly(7, 3.2f);
    assertThat(train.label(1)).isEqualTo(1);
    assertThat(train.weight(1)).isEqualTo(2);
    assertThat(csv.validation().floats(0)).containsExactly(6.3f, -1);
    assertThat(csv.validation().label(0)).isEqualTo(2);
    assertThat(csv.test().floats(0)).containsExactly(4.9f, -3);
    assertThat(csv.test().weight(0)).isZero();
  }

  @Test
  void targetsOfARegression() throws IOException {
    CsvFile csv =
        CsvFile.builder(file(FLOWERS))
            .targets(List.of("weight", "id"))
            .features(List.of("length"))
            .open();
    assertThat(csv.classes()).containsExactly("weight", "id");
    assertThat(csv.train().size()).isEqualTo(4);
    assertThat(csv.train().hasTargets()).isTrue();
    assertThat(csv.train().target(2)).containsExactly(0.5f, 3);
    assertThat(csv.train().floats(3)).containsExactly(4.9f);
    assertThat(csv.test().size()).isZero();
    assertThat(csv.validation().size()).isZero();
  }

  @Test
  void featuresInAnotherOrder() throws IOException {
    CsvFile csv = flowers().features(List.of("width", "length")).open();
    assertThat(csv.train().floats(0)).containsExactly(3.5f, 5.1f);
    float[][] rows =
        CsvFile.builder(file(FLOWERS)).features(List.of("width", "id")).missing(9).rows();
    assertThat(rows).isDeepEqualTo(new float[][] {{3.5f, 1}, {3.2f, 2}, {9, 3}, {-3, 4}});
  }

  @Test
  void classesOfTheCaller() throws IOException {
    List<String> order = List.of("virginica", "setosa", "versicolor", "none");
    CsvFile csv = flowers().ignore(List.of("use")).classes(order).open();
    assertThat(csv.classes()).isEqualTo(order);
    assertThat(csv.train().label(0)).isEqualTo(1);
    assertThat(csv.train().label(2)).isZero();
  }

  @Test
  void heldOutByTheSeed() throws IOException {
    StringBuilder text = new StringBuilder("x,y\n");
    for (int i = 0; i < 20; i++) {
      text.append(i).append(',').append(i % 4 == 0 ? "rare" : "usual").append('\n');
    }
    CsvFileBuilder b = CsvFile.builder(file(text.toString())).label("y").split(0.8, 3);
    CsvFile csv = b.open();
    assertThat(csv.isDivided()).isTrue();
    assertThat(csv.train().size()).isEqualTo(16);
    assertThat(csv.test().size()).isEqualTo(4);
    assertThat(
            csv.test().label(0) + csv.test().label(1) + csv.test().label(2) + csv.test().label(3))
        .as("one of the rare")
        .isEqualTo(3);
    assertThat(b.open().test().floats(2)).isEqualTo(csv.test().floats(2));
  }

  @Test
  void signals() throws IOException {
    Path waves = file("y,a1,a2,a3,b1,b2,b3\nup,1,2,3,4,5,6\ndown,6,5,4,3,2,1\n");
    Dataset two = CsvFile.builder(waves).label("y").signal(2).open().train();
    assertThat(two.shape()).isEqualTo(Shape.of(2, 3));
    assertThat(two.floats(0)).containsExactly(1, 2, 3, 4, 5, 6);
    Dataset one = CsvFile.builder(waves).label("y").signal(1).open().train();
    assertThat(one.shape()).isEqualTo(Shape.of(1, 6));
    assertThat(one.normalization().channels()).isEqualTo(1);
    assertThatThrownBy(() -> CsvFile.builder(waves).label("y").signal(4).open())
        .isInstanceOf(FormatException.class)
        .hasMessage("csv: flowers: 6 feature columns are not a multiple of 4 channels");
  }

  /** As spreadsheets, pandas and R write them. */
  @Test
  void otherPrograms() throws IOException {
    Path pandas = file("\ufeff,\"a, b\",y\r\n0, 1.5 ,\"cat \"\"big\"\"\"\r\n\r\n1,NA,dog\r\n");
    CsvFile csv = CsvFile.builder(pandas).label("y").missing(0).open();
    assertThat(csv.features()).containsExactly("a, b");
    assertThat(csv.classes()).containsExactly("cat \"big\"", "dog");
    assertThat(csv.train().floats(1)).containsExactly(0);
    Path semicolons = file("a;b\n+1.;x\n.5E1;x");
    csv = CsvFile.builder(semicolons).label("b").separator(';').open();
    assertThat(csv.train().floats(0)).containsExactly(1);
    assertThat(csv.train().floats(1)).containsExactly(5);
  }

  private void refused(
      Class<? extends QuernException> type,
      String rule,
      String text,
      UnaryOperator<CsvFileBuilder> with)
      throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> with.apply(CsvFile.builder(file)).open())
        .as(text)
        .isInstanceOf(type)
        .hasMessage("csv: " + file + rule);
  }

  private void badRow(String row, String rule) throws IOException {
    refused(
        FormatException.class,
        rule,
        "a,y,w,s\n1,x,1,train\n" + row,
        b -> b.label("y").weights("w").splitColumn("s"));
  }

  @Test
  void rowsThatAreWrong() throws IOException {
    badRow(",x,1,train", ": line 3, column a: the value is missing");
    badRow("NA,x,1,train", ": line 3, column a: the value is missing");
    badRow("?,x,1,train", ": line 3, column a: \"?\" is not a number");
    badRow("0x1p3,x,1,train", ": line 3, column a: \"0x1p3\" is not a number");
    badRow("1f,x,1,train", ": line 3, column a: \"1f\" is not a number");
    badRow("\"1,5\",x,1,train", ": line 3, column a: \"1,5\" is not a number");
    badRow("1,,1,train", ": line 3, column y: the label is missing");
    badRow("1,x,-1,train", ": line 3, column w: the weight -1.0 must be at least 0");
    badRow("1,x,,train", ": line 3, column w: the value is missing");
    badRow("1,x,1,Train", ": line 3, column s: \"Train\" is not train, val or test");
    badRow("1,x,1", ": line 3 has 3 cells, the header has 4");
    badRow(
        "9".repeat(50) + "z,x,1,train",
        ": line 3, column a: \"" + "9".repeat(40) + "...\" is not a number");
  }

  @Test
  void valuesThatAreNotFinite() throws IOException {
    for (String value : List.of("NaN", "nan", "inf", "-Infinity", "1e39")) {
      refused(
          NumericException.class,
          ": line 2, column a: \"" + value + "\" is not a finite number",
          "a,y\n" + value + ",x\n",
          b -> b.label("y"));
    }
  }

  @Test
  void filesThatAreWrong() throws IOException {
    refused(FormatException.class, " has no rows below its header", "", b -> b.label("y"));
    refused(FormatException.class, " has no rows below its header", "a,y\n", b -> b.label("y"));
    refused(
        FormatException.class,
        ": line 1 has only numbers, expected the names of the columns",
        "1,2\n3,4\n",
        b -> b.label("y"));
    refused(
        FormatException.class,
        ": line 1 names the column \"a\" twice",
        "a,a,y\n1,2,x\n",
        b -> b.label("y"));
    refused(
        FormatException.class,
        ": line 1 has no label column \"z\", only [a, y]",
        "a,y\n1,x\n",
        b -> b.label("z"));
    refused(
        FormatException.class,
        ": column \"a\" cannot be both ignored and feature",
        "a,y\n1,x\n",
        b -> b.label("y").ignore(List.of("a")).features(List.of("a")));
    refused(
        FormatException.class,
        ": none of the columns [a, y] remains for features",
        "a,y\n1,x\n",
        b -> b.label("y").ignore(List.of("a")));
    refused(
        FormatException.class,
        ": line 2, column y: \"x\" is not one of [u, v]",
        "a,y\n1,x\n",
        b -> b.label("y").classes(List.of("u", "v")));
    Path file = file("a,y\n\"1,x\n");
    assertThatThrownBy(() -> CsvFile.builder(file).label("y").open())
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("csv: " + file + ": not valid CSV: ");
    Path latin = dir.resolve("latin.csv");
    Files.write(latin, "a,y\n1,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> CsvFile.builder(latin).label("y").open())
        .isInstanceOf(FormatException.class)
        .hasMessage("csv: " + latin + " is not UTF-8 text");
    assertThatThrownBy(() -> CsvFile.builder(dir).label("y").open())
        .isInstanceOf(FormatException.class)
        .hasMessage("csv: " + dir + " is not a regular file");
    assertThatThrownBy(() -> CsvFile.builder(dir.resolve("none.csv")).label("y").open())
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void optionsThatAreWrong() throws IOException {
    CsvFileBuilder b = CsvFile.builder(file(FLOWERS));
    assertThatThrownBy(b::open)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageEndingWith("flowers.csv: a label column or target columns are required");
    assertThatThrownBy(() -> b.classes(List.of("a")).targets(List.of("id")).open())
        .hasMessage("csv: classes are given without a label column");
    assertThatThrownBy(() -> b.label("species").open())
        .hasMessageEndingWith("flowers.csv: a label column and target columns exclude each other");
    assertThatThrownBy(() -> b.missing(Float.NaN)).hasMessage("csv: missing(NaN) must be finite");
    assertThatThrownBy(() -> b.signal(0)).hasMessage("csv: channels 0 must be at least 1");
    assertThatThrownBy(() -> b.separator('.')).hasMessage("csv: '.' cannot separate cells");
    assertThatThrownBy(() -> b.split(2, 1)).hasMessage("csv: split 2.0 is outside [0, 1]");
  }

  /** From the file to predictions of the saved model, with the numbers of the trained one. */
  @Test
  void trainedSavedAndLoaded() throws IOException {
    StringBuilder text = new StringBuilder("year,rate,up\n");
    for (int i = 0; i < 60; i++) {
      text.append(2000 + i % 7).append(',').append(i % 2 * 1e-4f).append(",c").append(i % 2);
      text.append('\n');
    }
    CsvFile csv = CsvFile.builder(file(text.toString())).label("up").split(0.8, 1).open();
    Network network = Networks.mlp(csv.train().shape(), 2).withTask(Task.singleLabel());
    Path saved = dir.resolve("model.safetensors");
    ModelData trained;
    double accuracy;
    try (Trainer trainer =
        Trainer.builder(network).normalization(csv.train().normalization()).batch(8).build()) {
      trainer.fit(csv.train(), 30);
      trained = trainer.modelData(csv.classes(), Map.of());
      accuracy = trainer.evaluate(csv.test()).accuracy();
      ModelFile.save(saved, trained);
    }
    assertThat(accuracy).isEqualTo(1);
    ModelData loaded = ModelFile.load(saved);
    assertThat(loaded.normalization()).isEqualTo(csv.train().normalization());
    assertThat(loaded.normalization().channels()).isEqualTo(2);
    float[][] rows = CsvFile.builder(file(text.toString())).ignore(List.of("up")).rows();
    try (Model one = Model.of(trained);
        Model other = Model.of(loaded);
        Arena arena = new Arena()) {
      Map<String, Tensor> batch =
          Map.of("input", loaded.normalization().batch(arena, csv.train().shape(), rows));
      List<Map<String, Prediction>> answers = other.predictAll(batch);
      assertThat(answers.toString()).isEqualTo(one.predictAll(batch).toString());
      assertThat(other.predict(batch.get("input")).toArray())
          .isEqualTo(one.predict(batch.get("input")).toArray());
      for (int i = 0; i < rows.length; i++) {
        Prediction.Labels labels = (Prediction.Labels) answers.get(i).values().iterator().next();
        assertThat(labels.scores().get(0).label()).isEqualTo("c" + i % 2);
      }
      assertThat(other.evaluate(csv.test()).accuracy()).isEqualTo(1);
    }
  }
}
