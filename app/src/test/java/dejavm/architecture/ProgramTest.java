package dejavm.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.architecture.fixture.Trespasser;
import dejavm.cli.Dejavm;
import java.lang.classfile.ClassModel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProgramTest {
  private static final List<ClassModel> PROGRAM = CompiledClasses.besides(Dejavm.class);
  private static final String ONLY_HOST = "only dejavm.host may: ARCHITECTURE.md, Packages";

  private static HostApis apis() {
    HostApis apis = new HostApis().allowIn(Set.of("dejavm.host"), "*");
    // a thread for each who watches, and the way to them
    apis.allowIn(Set.of("dejavm.rfb", "dejavm.web"), "java.lang.Thread*")
        .allowIn(Set.of("dejavm.rfb"), "java.net.*");
    // the user's cache of kernels, and the package tools that fill it
    openFiles(apis, "dejavm.guest");
    apis.allowIn(Set.of("dejavm.guest"), "java.lang.Process*");
    // what children read and write
    openFiles(apis, "dejavm.measure");
    // images of disks, which are files
    openFiles(apis, "dejavm.image");
    // what the user names on the command line: recordings, images, scripts
    openFiles(apis, "dejavm.cli");
    // handing an interrupt on starts nothing
    return apis.allow("java.lang.Thread", "currentThread", "interrupt", HostApis.MENTION)
        .forbid(ONLY_HOST, "java.lang.Thread*")
        .forbid(ONLY_HOST, "java.lang.Process*")
        .forbid(ONLY_HOST, "java.util.Timer*")
        .forbid(ONLY_HOST, "java.util.concurrent.Executor*")
        .forbid(ONLY_HOST, "java.util.concurrent.ForkJoin*")
        .forbid(ONLY_HOST, "java.util.concurrent.ThreadPool*")
        .forbid(ONLY_HOST, "java.util.concurrent.Scheduled*")
        .forbid(ONLY_HOST, "java.util.concurrent.CompletableFuture")
        .forbid(ONLY_HOST, "*", "parallel*")
        .forbid(ONLY_HOST, "java.net.*")
        .forbid(ONLY_HOST, "java.net.http.*")
        .forbid(ONLY_HOST, "java.nio.channels*")
        .forbid(ONLY_HOST, "java.nio.file*")
        .forbid(ONLY_HOST, "java.io.File*")
        .forbid(ONLY_HOST, "java.io.RandomAccessFile")
        .forbid(ONLY_HOST, "javax.sound*")
        .allow("*");
  }

  private static void openFiles(HostApis apis, String place) {
    apis.allowIn(Set.of(place), "java.nio.file*")
        .allowIn(Set.of(place), "java.nio.channels.FileChannel")
        .allowIn(Set.of(place), "java.nio.channels.FileLock")
        .allowIn(Set.of(place), "java.io.File*");
  }

  @Test
  void packagesObeyTheirLayers() {
    assertThat(PackageTable.layers().violations(PROGRAM))
        .as("uses that the table does not allow")
        .isEmpty();
  }

  @Test
  void onlyTheHostPackageTouchesTheHost() {
    assertThat(apis().violations(PROGRAM)).isEmpty();
  }

  @Test
  void touchingTheHostElsewhereIsFound() {
    List<String> violations = apis().violations(CompiledClasses.ofPackage(Trespasser.class));
    assertThat(List.of("thread", "file", "socket", "process"))
        .allMatch(method -> violations.stream().anyMatch(v -> v.contains("." + method + " uses ")));
    assertThat(violations).noneMatch(v -> v.contains("Trespasser.clock"));
  }
}
