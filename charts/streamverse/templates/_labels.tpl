{{/* Labels of every object. */}}
{{- define "streamverse.labels" -}}
app.kubernetes.io/name: streamverse
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: streamverse
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* What selects the pods of one component; never to be changed, for selectors cannot be. */}}
{{- define "streamverse.selector" -}}
app.kubernetes.io/name: streamverse
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The image of one component: as given, or the one of this version. */}}
{{- define "streamverse.image" -}}
{{- index .root.Values.images .component | default (printf "docker.io/streamverse/%s:%s" .component .root.Chart.AppVersion) -}}
{{- end }}
