package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A small heap beside much off-heap memory, with JavaCPP's limit as it is by default. */
class SmallHeapTest {
  @ParameterizedTest
  @CsvSource({"-Xmx64m,400", "-Xmx256m,1100"})
  void nothingOfQuernsIsUnderJavacppsLimit(String heap, String mebibytes) throws Exception {
    ChildJvm.Result result =
        new ChildJvm().option(heap).argument(mebibytes).run(SmallHeapMain.class);
    assertThat(result.output()).contains("all went well");
    assertThat(result.status()).isZero();
  }
}
