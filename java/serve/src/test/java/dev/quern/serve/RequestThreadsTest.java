package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RequestThreadsTest {
  @Test
  void virtualOnesWhereTheyHelp() throws Exception {
    ExecutorService threads = RequestThreads.of(2);
    Future<Thread> one = threads.submit(Thread::currentThread);
    boolean helps = Runtime.version().feature() >= 24;
    assertThat(one.get().toString().startsWith("VirtualThread")).isEqualTo(helps);
    assertThat(one.get().isDaemon()).isTrue();
    threads.shutdown();
  }
}
