# alertsvc in a container. Build:
#   docker build -t alertsvc --build-arg VERSION=0.1.0 --build-arg REVISION="$(git rev-parse HEAD)" \
#     --build-arg CREATED="$(date -u +%Y-%m-%dT%H:%M:%SZ)" .
# Try it:
#   docker run --rm -p 127.0.0.1:8080:8080 -v alertsvc:/var/lib/alertsvc alertsvc

# Replace the tag by name@sha256:... to pin the base for a release; both stages then use the same one, which they must:
# the environment made in the first runs on the interpreter of the second.
ARG BASE=python:3.13-slim

# ---- builder: an environment with the locked packages and our wheel -------------------------------------------------
FROM ${BASE} AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

# The tools that build live in an environment of their own, so that none of them, pip included, reaches the image.
COPY requirements/build.lock requirements/run.lock requirements/
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --quiet --require-hashes -r requirements/build.lock

# Locked and hashed packages before the source: a change of the source does not fetch them again. Only wheels: nothing
# is compiled here, so the base needs no compiler, and no package's setup code runs.
RUN python -m venv --without-pip /opt/alertsvc \
 && /opt/build/bin/pip --python /opt/alertsvc/bin/python install --quiet --only-binary :all: --require-hashes -r requirements/run.lock

# The wheel is built from the source as a release would be, and installed without looking for anything further.
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY alertsvc alertsvc
COPY rules rules
COPY classifiers classifiers
COPY seeds seeds
RUN /opt/build/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/build/bin/pip --python /opt/alertsvc/bin/python install --quiet --no-deps --no-index /wheels/alertsvc-*.whl

# Some 60 MB of the numeric packages are their own tests, which nothing else imports. That the command still starts is
# a first proof, made before the image exists.
RUN cd /opt/alertsvc/lib/python3*/site-packages \
 && find numpy scipy sklearn -depth -type d -name tests -exec rm -r {} + \
 && /opt/alertsvc/bin/alertsvc --version

# ---- the image ------------------------------------------------------------------------------------------------------
FROM ${BASE}
# An ARG from before the first FROM is empty in a stage until it is named again.
ARG BASE
ARG CREATED="" REVISION="" VERSION="" SOURCE="" DOCUMENTATION="" VENDOR="The alertsvc authors"
LABEL org.opencontainers.image.title="alertsvc" \
      org.opencontainers.image.description="Self-hosted risk alerts: news feeds in, briefings on border crossings, oil sites and capitals out." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.documentation="${DOCUMENTATION}" \
      org.opencontainers.image.vendor="${VENDOR}" \
      org.opencontainers.image.base.name="${BASE}"

# The service needs no installer. The user has a number of its own, so that a file it writes into a mounted folder
# belongs to nobody else; it owns nothing but the volume.
RUN python -m pip uninstall --quiet --yes --root-user-action=ignore pip \
 && groupadd --gid 10001 alertsvc \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/alertsvc --shell /usr/sbin/nologin alertsvc \
 && install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/alertsvc

# Owned by root and not writable: what runs cannot change itself, and the image works with a read-only root.
COPY --from=builder /opt/alertsvc /opt/alertsvc
# So that a first start without a configuration shows something. Mount your own over it, read-only.
COPY config.example.toml /etc/alertsvc/config.toml

# A relative path in the configuration counts from the folder of its file, here /etc/alertsvc, which cannot be written:
# store and mail folder are therefore given as absolute paths, and the environment goes before the file.
# PYTHONDONTWRITEBYTECODE: the installer compiled everything; at run time there is nowhere to write.
ENV PATH=/opt/alertsvc/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ALERTSVC_CONFIG=/etc/alertsvc/config.toml \
    ALERTSVC_STORE__URL=sqlite:////var/lib/alertsvc/alertsvc.db \
    ALERTSVC_MAIL__DIRECTORY=/var/lib/alertsvc/mail \
    ALERTSVC_WEB__HOST=0.0.0.0 \
    ALERTSVC_LOG__FORMAT=json

WORKDIR /var/lib/alertsvc
# All state is here. A folder of the host that is mounted instead must belong to 10001:10001.
VOLUME /var/lib/alertsvc
EXPOSE 8080

# By number, so that an orchestrator that insists on a non-root user can see that it is one.
USER 10001:10001

# /healthz says that the process lives and touches nothing else. Asked without any proxy that the environment names.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:' + os.environ.get('ALERTSVC_WEB__PORT', '8080') + '/healthz', timeout=4)"]

# Exec form: the service is process 1 and gets the signals; on SIGTERM it finishes what it holds and leaves.
STOPSIGNAL SIGTERM
ENTRYPOINT ["alertsvc"]
CMD ["run"]
