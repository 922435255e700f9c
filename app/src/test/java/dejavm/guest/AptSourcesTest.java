package dejavm.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
  @Test
  void keepsDebianLinesWithoutTheirArchitecture() {
    String lines =
        """
        # deb http://mirror.example/debian bookworm main
        deb http://mirror.example/debian bookworm main contrib # ours
        deb [ arch=amd64 signed-by=/usr/share/k.gpg ] http://mirror.example/debian-security x main
        deb [arch=amd64] mirror+file:/etc/apt/mirrors/debian.list bookworm main
        deb-src http://mirror.example/debian bookworm main
        deb http://other.example/apt stable main
        deb http://other.example/linux/debian bookworm stable
        """;
    assertThat(AptSources.lines(lines))
        .isEqualTo(
            """
            deb http://mirror.example/debian bookworm main contrib
            deb [signed-by=/usr/share/k.gpg] http://mirror.example/debian-security x main
            deb mirror+file:/etc/apt/mirrors/debian.list bookworm main
            """);
  }

  @Test
  void keepsDebianStanzasWithoutTheirArchitecture() {
    String stanzas =
        """
        # the main archive
        Types: deb deb-src
        URIs: http://mirror.example/debian
        Suites: bookworm bookworm-updates
        Components: main
        Architectures: amd64
         arm64
        Signed-By:
         -----BEGIN PGP PUBLIC KEY BLOCK-----
         .
         abc

        Enabled: no
        Types: deb
        URIs: http://mirror.example/debian
        Suites: sid
        Components: main

        Types: deb
        URIs: http://other.example/node
        Suites: nodistro
        Components: main
        """;
    assertThat(AptSources.stanzas(stanzas))
        .isEqualTo(
            """
            Types: deb
            URIs: http://mirror.example/debian
            Suites: bookworm bookworm-updates
            Components: main
            Signed-By:
             -----BEGIN PGP PUBLIC KEY BLOCK-----
             .
             abc

            """);
  }

  @Test
  void readsBothFormatsFromTheConfiguration(@TempDir Path etc) throws IOException {
    assertThat(AptSources.read(etc).empty()).isTrue();
    Path parts = Files.createDirectory(etc.resolve("sources.list.d"));
    Files.writeString(etc.resolve("sources.list"), "deb http://m.example/debian bookworm main\n");
    Files.writeString(
        parts.resolve("b.sources"),
        "Types: deb\nURIs: http://n.example/debian\nSuites: s\nComponents: main\n");
    Files.writeString(parts.resolve("c.sources.bak"), "no source");
    AptSources sources = AptSources.read(etc);
    assertThat(sources.lines()).contains("m.example");
    assertThat(sources.stanzas()).contains("n.example");
    assertThat(sources.empty()).isFalse();
  }
}
