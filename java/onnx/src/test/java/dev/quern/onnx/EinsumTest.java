package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.layer.Linear;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Permute;
import dev.quern.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Einsum as sums, products and transposition, judged by ONNX Runtime. */
class EinsumTest {
  @TempDir Path dir;

  private Network read(String inputs, String equation) {
    return Judge.agree(dir, Graphs.of("Einsum " + inputs + " -> y equation=" + equation)).network();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x[3,4] z[4,5] ij,jk->ik",
        "x[3,4] z[4,5] ij,jk",
        "x[3,4] z[4,5] ij,jk->ki",
        "x[4,3] z[5,4] ji,kj->ik",
        "x[3,4] w(4,5) ij,jk->ik",
        "x[1,4] w(4,5) ij,jk->ik",
        "x[1,3,4] w(4,5) bij,jk->bik",
        "x[1,3,4] w(5,4) bij,kj->bik",
        "w(5,4) x[1,3,4] kj,bij->bik",
        "x[2,3,4] z[4,5] bij,jk->bik",
        "x[2,3,4] z[2,4,5] bij,bjk->bik",
        "x[1,3,4] z[1,4,5] bij,bjk->bik",
        "x[-1,3,4] z[-1,4,5] bij,bjk->bik",
        "x[1,2,3,4] z[1,2,5,4] bhid,bhjd->bhij",
        "x[2,2,3,4] z[2,2,5,4] bhid,bhjd->bhij",
        "x[2,2,3,5] z[2,2,5,4] bhij,bhjd->bihd",
        "x[1,3,2,4] z[1,5,2,4] bihd,bjhd->bhij",
        "x[1,2,3,4] w(3,4,5) bihd,hdo->bio",
        "x[1,6,3,2] w(3,5) bchw,hk->bckw",
        "x[3] z[4] i,j->ij",
        "x[3] z[3] i,i->",
        "x[3] z[3] i,i->i",
        "x[3] z[3] i,i",
        "x[2,3] z[2,3] ij,ij->ij",
        "x[2,3] z[3,2] ij,ji->ij",
        "x[1,3,4,5] z[1,3] bchw,bc->bchw",
        "x[1,3,4,5] w(3) bchw,c->bchw",
        "x[2,3] z[2,3] ij,ij->",
        "x[2,3,4] z[2,5] ijk,il->il",
        "x[2,3,4] z[3,2] ijk,ji->k",
        "x[3,4] ij->ji",
        "x[1,3,4] bij->bji",
        "x[3,4] ij->i",
        "x[3,4] ij->j",
        "x[3,4] ij->",
        "x[3,4] ji",
        "x[2,3,4] ...ij->...ji",
        "x[2,3,4] z[2,4,5] ...ij,...jk->...ik",
        "x[2,3,4] z[2,4,5] ...ij,...jk",
        "x[2,3,4] ...->...",
        "x[2,3,4] i...->..."
      })
  void computesTheSame(String text) {
    int at = text.lastIndexOf(' ');
    read(text.substring(0, at), text.substring(at + 1));
  }

  @Test
  void isTheLayerThatItSpells() {
    assertThat(read("x[1,3,4] w(4,5)", "bij,jk->bik").nodes())
        .singleElement()
        .matches(n -> n.layer() instanceof Linear);
    assertThat(read("x[1,2,3,4] z[1,2,4,5]", "bhij,bhjk->bhik").nodes())
        .singleElement()
        .matches(n -> n.layer() instanceof Matmul);
    assertThat(read("x[1,3,4] z[1,3,4]", "bij,bij->bij").nodes())
        .singleElement()
        .matches(n -> n.layer() instanceof Multiply);
    assertThat(read("x[1,3,4]", "bij->bji").nodes())
        .singleElement()
        .matches(n -> n.layer() instanceof Permute);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "x[3,3] ; ii->i ; takes a diagonal",
        "x[3,3] z[3,3] ; ij,jk->ii ; takes a diagonal",
        "x[3,4] ; ij,jk->ik ; must have a term for each of 1 inputs",
        "x[3,4] ; ij->i->j ; must have a term for each of 1 inputs",
        "x[3,4] ; ijk->i ; does not match an input of 2 axes",
        "x[3,4] ; i...jk->i ; does not match an input of 2 axes",
        "x[3,4] z[5,4] ; ij,jk->ik ; an axis of the equation has size 4 in one input",
        "x[3,4] ; ij->k ; has an axis that no input has",
        "x[3,4] ; i.->i ; of the equation contains '.'",
        "x[3] z[3] w(3) ; i,i,i->i ; it has 3 inputs"
      })
  void othersAreRefused(String inputs, String equation, String why) throws IOException {
    byte[] model =
        Graphs.of("Einsum " + inputs + " -> y equation=" + equation).build().toByteArray();
    Path file = Files.write(dir.resolve("model.onnx"), model);
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(why);
  }
}
